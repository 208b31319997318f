import { expect } from 'chai';
import type { NewEvent } from '../../../src/kernel/event.js';
import { verify } from '../../support/webhook-receiver.js';
import { waitFor } from '../../support/wait-for.js';
import { onEachDatabase } from './webhook-service.js';

describe('webhooks', () => {
  onEachDatabase((bench) => {
    it('are told of each event once, signed, as a CloudEvent', async () => {
      const service = await bench.start();
      const { id, secret } = await service.webhook('/a');
      await service.emit({ subject: 'tasks/1', data: { task_id: '1', name: 'Ünal 🚀' } });
      const [request] = await service.receiver.got('/a', 1);
      verify(secret, request!);
      expect(request!.headers['content-type']).to.equal('application/cloudevents+json; charset=utf-8');
      expect(request!.event).to.deep.include({
        specversion: '1.0',
        source: '/switchyard',
        type: 'task.completed',
        subject: 'tasks/1',
        data: { task_id: '1', name: 'Ünal 🚀' },
      });
      const delivery = await service.settled(id, ({ status }) => status === 'delivered');
      expect(delivery.id).to.equal(request!.webhookId);
      expect(delivery.attempts).to.have.length(1);
      expect(delivery.attempts[0]).to.deep.include({ number: 1, status: 204, error: null, excerpt: null });
      expect(delivery.payload).to.deep.equal(request!.event);
      expect((await service.read(id)).health.status).to.equal('ok');
      expect(service.receiver.at('/a')).to.have.length(1);
    });

    it('get what their event types, filter and client name, and nothing else', async () => {
      const service = await bench.start();
      await service.webhook('/failed', { event_types: ['task.failed'] });
      await service.webhook('/tasks', { event_types: ['task.*'] });
      await service.webhook('/down', { event_types: ['*'], filter: { 'data.to': ['down', 'lost'] } });
      await service.webhook('/client', { client_id: 'client-1' });
      await service.webhook('/subject', { filter: { subject: ['tasks/2'] } });
      await service.emit(
        { subject: 'tasks/1', data: { to: 'down' } },
        { type: 'task.failed', subject: 'tasks/2', data: { to: 'up', client_id: 'client-1' } },
        { type: 'webhook.disabled', subject: 'webhooks/3', data: { to: 'lost', client_id: 'client-2' } },
        { type: 'delivery.failed', subject: 'deliveries/4', data: { to: 'lost' } },
        { subject: 'tasks/last', data: { to: 'down', client_id: 'client-1' } },
      );
      const subjects = async (path: string, count: number): Promise<string[]> =>
        (await service.receiver.got(path, count)).map(({ event }) => event.subject).sort();
      expect(await subjects('/tasks', 3)).to.deep.equal(['tasks/1', 'tasks/2', 'tasks/last']);
      expect(await subjects('/failed', 1)).to.deep.equal(['tasks/2']);
      expect(await subjects('/down', 3)).to.deep.equal(['tasks/1', 'tasks/last', 'webhooks/3']);
      expect(await subjects('/client', 2)).to.deep.equal(['tasks/2', 'tasks/last']);
      expect(await subjects('/subject', 1)).to.deep.equal(['tasks/2']);
    });

    it('are not told of what was before they were made or enabled, taken or not', async () => {
      const service = await bench.start();
      const first = await service.webhook('/first');
      // The log is read at once, and again a moment later: what comes in between is still to be taken.
      await service.emit({ subject: 'tasks/1' });
      await service.emit({ subject: 'tasks/2' });
      await service.webhook('/second');
      await service.emit({ subject: 'tasks/3' });
      const change = (enabled: boolean) =>
        service.call('PATCH', `/api/v1/webhooks/${first.id}`, { enabled }, { 'If-Match': '*' });
      await service.receiver.got('/first', 3);
      await change(false);
      await service.emit({ subject: 'tasks/4' });
      await service.emit({ subject: 'tasks/5' });
      await change(true);
      await service.emit({ subject: 'tasks/6' });
      const told = async (path: string, count: number): Promise<string[]> =>
        (await service.receiver.got(path, count)).map(({ event }) => event.subject).sort();
      expect(await told('/second', 4)).to.deep.equal(['tasks/3', 'tasks/4', 'tasks/5', 'tasks/6']);
      expect(await told('/first', 4)).to.deep.equal(['tasks/1', 'tasks/2', 'tasks/3', 'tasks/6']);
    });

    it('are told of scheduled types only when these are announced, each transition once', async () => {
      const service = await bench.start();
      const { id } = await service.webhook('/a');
      const change = (to: string) => ({ type: 'sensor.status-changed', subject: 'sensors/1', data: { to } });
      await service.emit(change('up'), change('down'), { subject: 'tasks/1' }, change('up'));
      await service.receiver.got('/a', 1);
      await waitFor('the delivery to be stored', async () => (await service.deliveries(id)).length > 0);
      expect(service.receiver.at('/a').map(({ event }) => event.subject)).to.deep.equal(['tasks/1']);
      const both = await Promise.all([
        service.module.api.announce('sensor.status-changed'),
        service.module.api.announce('sensor.status-changed'),
      ]);
      expect(both.map(({ made }) => made).reduce((sum, made) => sum + made)).to.equal(3);
      const got = await service.receiver.got('/a', 4);
      expect(got.slice(1).map(({ event }) => event.data['to'])).to.deep.equal(['up', 'down', 'up']);
      expect(await service.module.api.announce('sensor.status-changed')).to.deep.equal({ made: 0 });
    });

    it('are tried again by their schedule under the same id, then kept as failed', async () => {
      const service = await bench.start();
      service.receiver.behave('/a', { status: 500, body: 'broken \u0000 here' }, 'reset', { status: 503 });
      const { id, secret } = await service.webhook('/a', { retry_schedule_s: [1, 1] });
      await service.emit({ subject: 'tasks/1' });
      const delivery = await service.settled(id, ({ status }) => status === 'failed');
      expect(delivery.attempts.map(({ status }) => status)).to.deep.equal([500, null, 503]);
      expect(delivery.attempts[0]!.excerpt).to.equal('broken \ufffd here');
      expect(delivery.attempts[1]!.error).to.match(/reset|closed/);
      expect(delivery.last_error).to.equal('answered 503');
      const got = service.receiver.at('/a');
      expect(new Set(got.map(({ webhookId }) => webhookId)).size).to.equal(1);
      for (const request of got) verify(secret, request);
      expect((await service.read(id)).health).to.deep.include({
        status: 'failing',
        last_error: 'answered 503',
      });
    });

    it('that failed are sent again by hand, singly and by time, under their old ids', async () => {
      const service = await bench.start();
      service.receiver.behave('/a', { status: 500 });
      const { id } = await service.webhook('/a', { retry_schedule_s: [] });
      await service.emit({ subject: 'tasks/1' }, { subject: 'tasks/2' }, { subject: 'tasks/3' });
      const failed = await waitFor('three failures', async () => {
        const found = await service.deliveries(id, '&status=failed');
        return found.length === 3 ? found : undefined;
      });
      service.receiver.behave('/a', { status: 200 });
      const one = await service.call('POST', `/api/v1/deliveries/${failed[0]!.id}/resend`);
      expect(one.status, one.text).to.equal(202);
      await service.receiver.got('/a', 4);
      await waitFor(
        'one to be delivered',
        async () => (await service.deliveries(id, '&status=delivered')).length === 1,
      );
      const range = {
        from: new Date(Date.now() - 60_000).toISOString(),
        to: new Date(Date.now() + 60_000).toISOString(),
      };
      const many = await service.call('POST', `/api/v1/webhooks/${id}/resend`, range);
      expect(many.body).to.deep.equal({ resent: 2, more: false });
      const got = await service.receiver.got('/a', 6);
      expect(new Set(got.map(({ webhookId }) => webhookId)).size).to.equal(3);
      await waitFor(
        'all to be delivered',
        async () => (await service.deliveries(id, '&status=delivered')).length === 3,
      );
    });

    it('are tested without an event', async () => {
      const service = await bench.start();
      const { id, secret } = await service.webhook('/a', { event_types: ['task.failed'] });
      const answer = await service.call('POST', `/api/v1/webhooks/${id}/test`);
      expect(answer.status).to.equal(202);
      const [request] = await service.receiver.got('/a', 1);
      verify(secret, request!);
      expect(request!.event.type).to.equal('webhook.test');
      expect(answer.headers.get('location')).to.equal(`/api/v1/deliveries/${request!.webhookId}`);
    });

    it('reach Telegram in the transaction that makes the delivery, each once', async () => {
      const sent: { chatId: string; text: string; dedupeKey: string }[] = [];
      const service = await bench.start({ deps: { sendTelegram: (_, message) => void sent.push(message) } });
      const body = { channel: 'telegram', chat_id: '-77', event_types: ['task.failed'] };
      const made = await service.call('POST', '/api/v1/webhooks', body);
      expect(made.status, made.text).to.equal(201);
      const { id } = made.body as { id: string };
      await service.emit({ type: 'task.failed', subject: 'tasks/1', data: { task_id: '1' } });
      const delivery = await service.settled(id, ({ status }) => status === 'delivered');
      expect(sent).to.deep.equal([
        { chatId: '-77', text: 'task.failed · tasks/1\ntask_id: 1', dedupeKey: delivery.id },
      ]);
      expect((await service.call('POST', `/api/v1/deliveries/${delivery.id}/resend`)).status).to.equal(409);
      expect((await service.call('POST', `/api/v1/webhooks/${id}/test`)).status).to.equal(202);
      expect(sent[1]!.text).to.match(/^webhook\.test/);
    });

    it('are told of on the live channel as they go, failures in the log too', async () => {
      const told: NewEvent[] = [];
      const live = { isWatched: () => true, tell: (event: NewEvent) => void told.push(event) };
      const service = await bench.start({ deps: { live } });
      service.receiver.behave('/a', { status: 500 }, { status: 200 });
      service.receiver.behave('/b', { status: 500 });
      const { id } = await service.webhook('/a', { retry_schedule_s: [1] });
      await service.webhook('/b', { retry_schedule_s: [] });
      await service.emit({ subject: 'tasks/1' });
      await service.settled(id, ({ status }) => status === 'delivered');
      await waitFor('both to be told of', () => told.length === 2);
      expect(told.map(({ type }) => type)).to.deep.equal(['delivery.retrying', 'delivery.delivered']);
      const last = JSON.parse(told[1]!.data) as object;
      expect(last).to.deep.equal((await service.deliveries(id))[0]);
      const stored = await waitFor('the failure', async () => {
        const events = await service.events.read(0, 100);
        return events.find(({ type }) => type === 'delivery.failed');
      });
      expect(JSON.parse(stored.data)).to.deep.include({ status: 'failed', last_error: 'answered 500' });
      const [deliveries] = service.module.topics;
      expect(await deliveries!.snapshot!()).to.have.nested.property('items.length', 2);
    });
  });
});
