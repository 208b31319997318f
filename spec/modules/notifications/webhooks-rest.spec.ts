import { expect } from 'chai';
import { newUuid } from '../../../src/kernel/ids.js';
import type { WebhookWithSecretOut } from '../../../src/modules/notifications/webhooks.controller.js';
import { verify } from '../../support/webhook-receiver.js';
import { waitFor } from '../../support/wait-for.js';
import { onEachDatabase } from './webhook-service.js';
import type { WebhookService } from './webhook-service.js';

interface Faults {
  code: string;
  errors: { pointer: string; detail: string }[];
}

const URL_OK = 'https://93.184.216.34/hook';

async function pointers(service: WebhookService, body: object): Promise<string[]> {
  const answer = await service.call('POST', '/api/v1/webhooks', { url: URL_OK, event_types: ['*'], ...body });
  expect(answer.status, answer.text).to.equal(422);
  return (answer.body as Faults).errors.map(({ pointer }) => pointer);
}

describe('webhooks over REST', () => {
  onEachDatabase((bench) => {
    it('show their secret once, keep it sealed, and never list it', async () => {
      const service = await bench.start();
      const made = await service.call('POST', '/api/v1/webhooks', { url: URL_OK, event_types: ['task.*'] });
      expect(made.status).to.equal(201);
      const { secret, id } = made.body as WebhookWithSecretOut;
      expect(secret).to.match(/^whsec_[A-Za-z0-9+/]{43}=$/);
      expect(made.headers.get('location')).to.equal(`/api/v1/webhooks/${id}`);
      const raw = secret.slice(6);
      for (const path of ['', `/${id}`]) {
        const { text, status } = await service.call('GET', `/api/v1/webhooks${path}`);
        expect(status).to.equal(200);
        expect(text).not.to.include(raw);
      }
      const row = await bench.db
        .schema<{ webhook_endpoints: { secret: string } }>()
        .selectFrom('webhook_endpoints')
        .select('secret')
        .executeTakeFirstOrThrow();
      expect(row.secret)
        .to.match(/^sealed\(webhook:/)
        .and.not.include(raw);
    });

    it('are changed by a merge patch under their ETag, and go for good', async () => {
      const service = await bench.start();
      const { id } = await service.webhook('/a', { description: 'first', filter: { 'data.to': ['x'] } });
      const path = `/api/v1/webhooks/${id}`;
      const tag = (await service.call('GET', path)).headers.get('etag')!;
      const patch = { description: null, filter: null, rate_per_s: 5 };
      const changed = await service.call('PATCH', path, patch, { 'if-match': tag });
      expect(changed.body).to.deep.include({
        description: null,
        filter: null,
        rate_per_s: 5,
        event_types: ['*'],
      });
      expect(changed.headers.get('etag')).not.to.equal(tag);
      const old = await service.call('PATCH', path, patch, { 'if-match': tag });
      expect(old.status).to.equal(412);
      expect((await service.call('DELETE', path, undefined, { 'if-match': tag })).status).to.equal(412);
      expect((await service.call('DELETE', path)).status).to.equal(204);
      for (const method of ['GET', 'DELETE']) expect((await service.call(method, path)).status).to.equal(404);
      expect((await service.call('GET', '/api/v1/webhooks/nonsense')).status).to.equal(404);
    });

    it('are made once by calls with the same Idempotency-Key and body', async () => {
      const service = await bench.start();
      const body = { url: URL_OK, event_types: ['*'] };
      const headers = { 'idempotency-key': 'one' };
      const [first, second] = await Promise.all(
        [1, 2].map(() => service.call('POST', '/api/v1/webhooks', body, headers)),
      );
      expect([first!.status, second!.status]).to.deep.equal([201, 201]);
      expect(second!.body).to.deep.equal(first!.body);
      const other = await service.call(
        'POST',
        '/api/v1/webhooks',
        { ...body, description: 'other' },
        headers,
      );
      expect(other.status).to.equal(422);
      expect((other.body as Faults).code).to.equal('webhooks.idempotency-key-reused');
      service.principal = { role: 'operator', name: 'another' };
      expect((await service.call('POST', '/api/v1/webhooks', body, headers)).body).not.to.deep.equal(
        first!.body,
      );
    });

    it('name each field that is wrong', async () => {
      const service = await bench.start();
      expect(await pointers(service, { url: 'ftp://a.example' })).to.deep.equal(['/url']);
      expect(await pointers(service, { url: 'https://user:pass@93.184.216.34/' })).to.deep.equal(['/url']);
      expect(await pointers(service, { url: 'https://93.184.216.34/#x' })).to.deep.equal(['/url']);
      expect(await pointers(service, { url: null })).to.deep.equal(['/url']);
      expect(await pointers(service, { event_types: ['task.complted'] })).to.deep.equal(['/event_types/0']);
      expect(await pointers(service, { event_types: ['task.*', 'Nonsense'] })).to.deep.equal([
        '/event_types/1',
      ]);
      expect(await pointers(service, { filter: { status: ['x'] } })).to.deep.equal(['/filter/status']);
      expect(await pointers(service, { filter: { 'data.a': [] } })).to.deep.equal(['/filter/data.a']);
      expect(await pointers(service, { secret: 'whsec_short' })).to.deep.equal(['/secret']);
      expect(await pointers(service, { client_id: 'nobody' })).to.deep.equal(['/client_id']);
      expect(await pointers(service, { retry_schedule_s: [604_800, 1] })).to.deep.equal([
        '/retry_schedule_s',
      ]);
      expect(await pointers(service, { concurrency: 101 })).to.deep.equal(['/concurrency']);
      expect(await pointers(service, { unknown: 1 })).to.deep.equal(['/unknown']);
      const telegram = { channel: 'telegram', chat_id: '1', event_types: ['*'] };
      expect((await service.call('POST', '/api/v1/webhooks', telegram)).status).to.equal(409);
    });

    it('may not lead to private addresses, however these are written', async () => {
      const service = await bench.start({ config: { allowedNetworks: ['10.1.0.0/16'] } });
      const hosts = ['127.0.0.1', '10.0.0.1', '[::1]', '2130706433', '0x7f.1', '0.0.0.0', '169.254.169.254'];
      for (const host of [
        ...hosts,
        '[::ffff:10.0.0.1]',
        '[fd00:ec2::254]',
        '[64:ff9b::7f00:1]',
        'localhost',
      ]) {
        expect(await pointers(service, { url: `http://${host}/` }), host).to.deep.equal(['/url']);
      }
      const allowed = { url: 'http://10.1.2.3/', event_types: ['*'] };
      expect((await service.call('POST', '/api/v1/webhooks', allowed)).status).to.equal(201);
    });

    it('of a client are seen by it alone, and hear of its things alone', async () => {
      const service = await bench.start();
      const foreign = await service.webhook('/foreign', { client_id: 'client-2' });
      const common = await service.webhook('/common');
      service.principal = { role: 'client', name: 'c1', clientId: 'client-1' };
      const own = await service.webhook('/own');
      expect(own.client_id).to.equal('client-1');
      const list = (await service.call('GET', '/api/v1/webhooks')).body as { items: { id: string }[] };
      expect(list.items.map(({ id }) => id)).to.deep.equal([own.id]);
      for (const { id } of [foreign, common]) {
        expect((await service.call('GET', `/api/v1/webhooks/${id}`)).status).to.equal(404);
        expect((await service.call('GET', `/api/v1/webhooks/${id}/deliveries`)).status).to.equal(404);
      }
      const stolen = { url: URL_OK, event_types: ['*'], client_id: 'client-2' };
      expect((await service.call('POST', '/api/v1/webhooks', stolen)).status).to.equal(403);
      await service.emit(
        { subject: 'tasks/1', data: { client_id: 'client-2' } },
        { subject: 'tasks/2', data: {} },
        { subject: 'tasks/3', data: { client_id: 'client-1' } },
      );
      const [request] = await service.receiver.got('/own', 1);
      expect(request!.event.subject).to.equal('tasks/3');
      const [theirs] = await service.receiver.got('/foreign', 1);
      expect((await service.call('GET', `/api/v1/deliveries/${theirs!.webhookId}`)).status).to.equal(404);
      expect((await service.call('GET', `/api/v1/deliveries/${request!.webhookId}`)).status).to.equal(200);
    });

    it('sign with both secrets while one replaces the other', async () => {
      const service = await bench.start();
      const { id, secret: old } = await service.webhook('/a');
      const path = `/api/v1/webhooks/${id}/rotate-secret`;
      const rotated = (await service.call('POST', path, { overlap_s: 2 })).body as WebhookWithSecretOut;
      expect(rotated.secret)
        .to.match(/^whsec_/)
        .and.not.equal(old);
      expect(rotated.previous_secret_until).to.be.a('string');
      await service.emit({ subject: 'tasks/1' });
      const [both] = await service.receiver.got('/a', 1);
      verify(old, both!);
      verify(rotated.secret, both!);
      expect(String(both!.headers['webhook-signature']).split(' ')).to.have.length(2);
      const now = (await service.call('POST', path, { overlap_s: 0 })).body as WebhookWithSecretOut;
      expect(now.previous_secret_until).to.equal(null);
      await service.emit({ subject: 'tasks/2' });
      const [, alone] = await service.receiver.got('/a', 2);
      verify(now.secret, alone!);
      expect(() => verify(rotated.secret, alone!)).to.throw('No matching signature');
    });

    it('get a new secret, and keep the old one for a day, where nothing is said of it', async () => {
      const service = await bench.start();
      const { id, secret: old } = await service.webhook('/a');
      const { status, body } = await service.call('POST', `/api/v1/webhooks/${id}/rotate-secret`);
      expect(status).to.equal(200);
      const { secret, previous_secret_until: until } = body as WebhookWithSecretOut;
      expect(secret).to.not.equal(old);
      expect(until).to.be.a('string');
    });

    it('list their deliveries by page, status and time', async () => {
      const service = await bench.start();
      service.receiver.decide('/a', ({ subject }) => ({ status: subject.endsWith('0') ? 500 : 200 }));
      const { id } = await service.webhook('/a', { retry_schedule_s: [] });
      await service.emit(...Array.from({ length: 25 }, (_, i) => ({ subject: `tasks/${i}` })));
      await waitFor('all to end', async () => {
        const all = await service.deliveries(id);
        return all.length === 25 && all.every(({ status }) => status !== 'pending');
      });
      const seen: string[] = [];
      let cursor = '';
      do {
        const page = await service.call('GET', `/api/v1/webhooks/${id}/deliveries?limit=10${cursor}`);
        const { items, next_cursor } = page.body as {
          items: { subject: string }[];
          next_cursor: string | null;
        };
        seen.push(...items.map(({ subject }) => subject));
        cursor = next_cursor === null ? '' : `&cursor=${next_cursor}`;
      } while (cursor !== '');
      expect(seen).to.deep.equal(Array.from({ length: 25 }, (_, i) => `tasks/${24 - i}`));
      expect((await service.deliveries(id, '&status=failed')).map(({ subject }) => subject)).to.deep.equal([
        'tasks/20',
        'tasks/10',
        'tasks/0',
      ]);
      expect(await service.deliveries(id, '&subject=tasks/7')).to.have.length(1);
      expect(await service.deliveries(id, `&to=${new Date(0).toISOString()}`)).to.be.empty;
      const unknown = await service.call('GET', `/api/v1/deliveries/${newUuid(Date.now())}`);
      expect(unknown.status).to.equal(404);
      const old = await service.call(
        'GET',
        `/api/v1/deliveries/${newUuid(0).replace(/^.{13}/, '00000000-0000')}`,
      );
      expect(old.status).to.equal(410);
    });
  });
});
