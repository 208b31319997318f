import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect } from 'chai';
import type { ResolveHost } from '../../../src/modules/notifications/endpoints/address-guard.client.js';
import { ensureProgram } from '../../support/debian-package.js';
import { tempFolder } from '../../support/temp-folder.js';
import { waitFor } from '../../support/wait-for.js';
import { WebhookReceiver } from '../../support/webhook-receiver.js';
import { onEachDatabase } from './webhook-service.js';
import type { WebhookService } from './webhook-service.js';

const ONCE = { retry_schedule_s: [] };
const run = promisify(execFile);

async function certificate(host: string): Promise<{ cert: Buffer; key: Buffer }> {
  const openssl = await ensureProgram(['openssl'], () => Promise.resolve(['/usr/bin/openssl']));
  const folder = await tempFolder();
  const [cert, key] = [join(folder, 'cert.pem'), join(folder, 'key.pem')];
  const names = ['-subj', '/CN=receiver', '-addext', `subjectAltName=${host}`];
  const kind = ['-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2'];
  await run(openssl, ['req', ...kind, ...names, '-keyout', key, '-out', cert]);
  return { cert: await readFile(cert), key: await readFile(key) };
}

/** The error that the only delivery of a webhook of the path ended with, and its attempt. */
async function failureAt(service: WebhookService, path: string, url?: string) {
  const { id } = await service.webhook(path, { ...ONCE, ...(url !== undefined && { url }) });
  await service.call('POST', `/api/v1/webhooks/${id}/test`);
  return service.settled(id, ({ status }) => status !== 'pending');
}

describe('a receiver that', () => {
  onEachDatabase((bench) => {
    it('hangs is given up after the time, and delays no other', async () => {
      const service = await bench.start({ config: { timeoutMs: 3_000 } });
      service.receiver.behave('/hang', 'hang');
      const hanging = await service.webhook('/hang', ONCE);
      await service.webhook('/quick');
      await service.emit(...Array.from({ length: 60 }, (_, i) => ({ subject: `tasks/${i}` })));
      const quick = await service.receiver.got('/quick', 60);
      const first = service.receiver.at('/hang')[0]!;
      expect(quick.at(-1)!.at - first.at, 'ms').to.be.below(2_900);
      const delivery = await service.settled(hanging.id, ({ status }) => status === 'failed');
      expect(delivery.attempts[0]).to.deep.include({ status: null, error: 'no answer within 3 s' });
      expect(delivery.attempts[0]!.duration_ms).to.be.within(2_900, 10_000);
    });

    it('hangs together with many others leaves half of all requests to those that answer', async () => {
      const service = await bench.start({ config: { timeoutMs: 2_000, mostInFlight: 10 } });
      const hanging = Array.from({ length: 12 }, (_, i) => `/hang-${i}`);
      for (const path of hanging) {
        service.receiver.behave(path, 'hang');
        await service.webhook(path, {
          retry_schedule_s: Array(10).fill(1) as number[],
          event_types: ['task.failed'],
        });
      }
      await service.emit({ type: 'task.failed', subject: 'tasks/1' });
      await Promise.all(hanging.map((path) => service.receiver.got(path, 2)));
      await service.webhook('/good');
      await service.emit(...Array.from({ length: 50 }, (_, i) => ({ subject: `tasks/${i}` })));
      const good = await service.receiver.got('/good', 50);
      expect(good.at(-1)!.at - good[0]!.at, 'ms').to.be.below(1_900);
    });

    it('answers slowly or without end has answered, and is cut off at 4 KiB', async () => {
      const service = await bench.start({ config: { timeoutMs: 15_000 } });
      service.receiver.behave('/slow', 'slow-body');
      service.receiver.behave('/endless', 'endless-body');
      const [slow, endless] = await Promise.all([
        failureAt(service, '/slow'),
        failureAt(service, '/endless'),
      ]);
      expect(slow.status).to.equal('delivered');
      expect(slow.attempts[0]!.excerpt).to.match(/^\.{5,60}$/);
      expect(endless.status).to.equal('delivered');
      expect(endless.attempts[0]!.excerpt).to.equal('x'.repeat(4_096));
      const { poured } = service.receiver;
      await new Promise((resolve) => setTimeout(resolve, 100));
      expect(service.receiver.poured - poured, 'bytes after the cut').to.be.below(1_000_000);
    });

    it('redirects is not followed', async () => {
      const service = await bench.start();
      service.receiver.behave('/away', { status: 301, headers: { location: '/secret' } });
      const { last_error: error } = await failureAt(service, '/away');
      expect(error).to.equal('answered 301: redirects are not followed');
      expect(service.receiver.at('/secret')).to.be.empty;
    });

    it('answers 410 is told nothing more, and the rest waits for it to be enabled again', async () => {
      const service = await bench.start();
      service.receiver.behave('/gone', { status: 410 }, { status: 200 });
      const { id } = await service.webhook('/gone', { concurrency: 1 });
      await service.webhook('/watch', { event_types: ['webhook.disabled'] });
      await service.emit({ subject: 'tasks/1' }, { subject: 'tasks/2' });
      const [told] = await service.receiver.got('/watch', 1);
      expect(told!.event.data).to.deep.include({ id, enabled: false, disabled_reason: 'gone' });
      expect(told!.body).not.to.include('whsec_');
      expect(service.receiver.at('/gone')).to.have.length(1);
      expect(await service.read(id)).to.deep.include({ enabled: false, disabled_reason: 'gone' });
      expect((await service.call('POST', `/api/v1/webhooks/${id}/test`)).status).to.equal(409);
      const back = await service.call('PATCH', `/api/v1/webhooks/${id}`, { enabled: true });
      expect(back.body).to.deep.include({ enabled: true, disabled_reason: null, disabled_at: null });
      const got = await service.receiver.got('/gone', 2);
      expect(got.map(({ event }) => event.subject)).to.deep.equal(['tasks/1', 'tasks/2']);
    });

    it('says when it wants to be called again is called no earlier', async () => {
      const service = await bench.start();
      service.receiver.behave('/later', { status: 429, headers: { 'retry-after': '2' } }, { status: 200 });
      const { id } = await service.webhook('/later', { retry_schedule_s: [1, 1] });
      await service.emit({ subject: 'tasks/1' });
      const [first, second] = await service.receiver.got('/later', 2);
      expect(second!.at - first!.at, 'ms').to.be.at.least(1_990);
      await service.settled(id, ({ status }) => status === 'delivered');
    });

    it('has a certificate that nobody vouches for, or of another host, is not told', async () => {
      const own = await certificate('DNS:elsewhere.test');
      const other = await WebhookReceiver.start(own);
      const service = await bench.start({ deps: { ca: own.cert.toString() } });
      const strangers = await WebhookReceiver.start(await certificate('IP:127.0.0.1'));
      try {
        const wrongHost = await failureAt(service, '/', other.url('/tls'));
        expect(wrongHost.last_error).to.match(/certificate or TLS.*ALTNAME/);
        const unknown = await failureAt(service, '/', strangers.url('/tls'));
        expect(unknown.last_error).to.match(/certificate or TLS/);
        expect([...other.received, ...strangers.received]).to.be.empty;
      } finally {
        await Promise.all([other.stop(), strangers.stop()]);
      }
    });

    it('has a certificate that is vouched for is told', async () => {
      const tls = await certificate('IP:127.0.0.1');
      const secure = await WebhookReceiver.start(tls);
      const service = await bench.start({ deps: { ca: tls.cert.toString() } });
      const delivery = await failureAt(service, '/', secure.url('/tls'));
      expect(delivery.status, delivery.last_error ?? '').to.equal('delivered');
      await secure.stop();
    });

    it('moves to a private address between saving and connecting is not connected to', async () => {
      let address = '93.184.216.34';
      const resolveHost: ResolveHost = () => Promise.resolve([{ address, family: 4 }]);
      const service = await bench.start({ deps: { resolveHost }, config: { allowedNetworks: [] } });
      const url = service.receiver.url('/inside', 'rebinding.test');
      const { id } = await service.webhook('/inside', { url, ...ONCE });
      address = '127.0.0.1';
      await service.call('POST', `/api/v1/webhooks/${id}/test`);
      const { last_error: error } = await service.settled(id, ({ status }) => status === 'failed');
      expect(error).to.equal(
        'the address is private, loopback or link-local, and its network is not allowed (PRIVATE_ADDRESS)',
      );
      expect(service.receiver.received).to.be.empty;
    });

    it('is connected to at the address that was looked at, whatever the name is elsewhere', async () => {
      const asked: string[] = [];
      const resolveHost: ResolveHost = (hostname) => {
        asked.push(hostname);
        return Promise.resolve([{ address: '127.0.0.1', family: 4 }]);
      };
      const service = await bench.start({ deps: { resolveHost } });
      const delivery = await failureAt(service, '/', service.receiver.url('/here', 'receiver.test'));
      expect(delivery.status, delivery.last_error ?? '').to.equal('delivered');
      expect(asked).to.deep.equal(['receiver.test', 'receiver.test']);
    });

    it('has failed for five days and done nothing else is disabled, with an event', async () => {
      const service = await bench.start({ config: { disableAfterMs: 1_500 } });
      service.receiver.behave('/bad', { status: 500 });
      const { id } = await service.webhook('/bad', { retry_schedule_s: [1, 1, 1, 1, 1, 1] });
      await service.webhook('/watch', { event_types: ['webhook.*'] });
      await service.emit({ subject: 'tasks/1' });
      const [told] = await service.receiver.got('/watch', 1);
      expect(told!.event).to.deep.include({ type: 'webhook.disabled', subject: `webhooks/${id}` });
      expect(told!.event.data).to.deep.include({ disabled_reason: 'failing' });
      expect(service.receiver.at('/bad').length).to.be.within(3, 4);
    });
  }, 'SQLite');
});

describe('an endpoint', () => {
  onEachDatabase((bench) => {
    it('gets no more at once, and no more in a second, than it says', async () => {
      const service = await bench.start();
      service.receiver.behave('/few', { status: 200, afterMs: 20 });
      await service.webhook('/few', { concurrency: 3 });
      service.receiver.behave('/even', { status: 200 });
      await service.webhook('/even', { rate_per_s: 20 });
      await service.emit(...Array.from({ length: 60 }, (_, i) => ({ subject: `tasks/${i}` })));
      await service.receiver.got('/few', 60);
      expect(service.receiver.mostAtOnce('/few')).to.be.within(2, 3);
      const times = (await service.receiver.got('/even', 60)).map(({ at }) => at);
      for (let i = 21; i < times.length; i++) {
        expect(times[i]! - times[i - 21]!, `ms for 21 from ${i - 21}`).to.be.at.least(900);
      }
      await waitFor('no request under way', () => service.receiver.mostAtOnce('/even') > 0);
    });
  }, 'SQLite');
});
