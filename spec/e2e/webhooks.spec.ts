import { expect } from 'chai';
import type { WebhookWithSecretOut } from '../../src/modules/notifications/webhooks.controller.js';
import { attemptsFile } from '../support/attempts-file.js';
import { RestClient } from '../support/rest-client.js';
import { type Service, startService } from '../support/service.js';
import { tempFolder } from '../support/temp-folder.js';
import { waitFor } from '../support/wait-for.js';
import { verify, WebhookReceiver } from '../support/webhook-receiver.js';

const TASKS = 60;
const KILLS = 3;
const STORY = ['task.created', 'task.started', 'task.completed'];

describe('webhooks of the service', function () {
  this.timeout(120_000);
  let receiver: WebhookReceiver;
  let cwd: string;
  let env: Record<string, string>;
  let service: Service;

  before(async () => {
    receiver = await WebhookReceiver.start();
    cwd = await tempFolder();
    env = { DATA_FILE: await attemptsFile(), WEBHOOKS_ALLOWED_NETWORKS: '127.0.0.0/8' };
    service = await startService({ cwd, env });
  });
  after(async () => {
    await service.stop();
    await receiver.stop();
  });

  it('refuse this machine unless it is allowed', async () => {
    const rest = new RestClient(service.url);
    const body = { url: 'http://[::1]:1/', event_types: ['task.*'] };
    const { status, text } = await rest.post('/api/v1/webhooks', { body });
    expect(status).to.equal(422);
    expect(text).to.include('private');
  });

  it('tell of every event at least once over kill -9, in order, under the same ids', async () => {
    receiver.decide('/a', () => ({ status: 200, afterMs: 5 }));
    const made = await new RestClient(service.url).post('/api/v1/webhooks', {
      body: { url: receiver.url('/a'), event_types: ['task.*'], retry_schedule_s: [1, 1, 1] },
    });
    expect(made.status, made.text).to.equal(201);
    const { id, secret } = made.body as WebhookWithSecretOut;
    const tasks: string[] = [];
    for (let kill = 0; kill <= KILLS; kill++) {
      const rest = new RestClient(service.url);
      const batch = Array.from({ length: TASKS / (KILLS + 1) }, (_, i) =>
        rest.accepted({ numbers: [i], correlation_id: i }),
      );
      tasks.push(...(await Promise.all(batch)));
      if (kill === KILLS) break;
      await receiver.got('/a', receiver.received.length + 5);
      await service.kill();
      service = await startService({ cwd, env });
    }
    const rest = new RestClient(service.url);
    await waitFor(
      'every task to be told of to its end',
      () => {
        const ended = receiver.received.filter(({ event }) => event.type === 'task.completed');
        return new Set(ended.map(({ event }) => event.subject)).size >= TASKS;
      },
      { timeoutMs: 60_000 },
    );
    for (const task of tasks) {
      const told = receiver.received.filter(({ event }) => event.subject === `tasks/${task}`);
      const firsts = [...new Set(told.map(({ event }) => event.type))];
      expect(
        firsts.filter((type) => STORY.includes(type)),
        task,
      ).to.deep.equal(STORY);
      const ids = new Map(told.map(({ event, webhookId }) => [event.id, webhookId]));
      for (const { event, webhookId } of told) expect(webhookId).to.equal(ids.get(event.id));
    }
    for (const request of receiver.received) verify(secret, request);
    const failed = await rest.get(`/api/v1/webhooks/${id}/deliveries?status=failed`);
    expect((failed.body as { items: unknown[] }).items).to.be.empty;
    expect(await rest.metric('switchyard_webhook_deliveries_total')).to.be.greaterThan(0);
  });
});
