import { expect } from 'chai';
import type { WebhookWithSecretOut } from '../../src/modules/notifications/webhooks.controller.js';
import { attemptsFile } from '../support/attempts-file.js';
import { RestClient } from '../support/rest-client.js';
import { type Service, startService } from '../support/service.js';
import { tempFolder } from '../support/temp-folder.js';
import { waitFor } from '../support/wait-for.js';
import { type Received, verify, WebhookReceiver } from '../support/webhook-receiver.js';

const SENSORS = 8;
/** Of each sensor; what is repeated is no change. */
const REPORTS = ['up', 'down', 'down', 'up', 'up', 'down', 'lost', 'up'];
const CHANGES = ['up', 'down', 'up', 'down', 'lost', 'up'];

describe('clients of sensors', function () {
  this.timeout(120_000);
  let receiver: WebhookReceiver;
  let cwd: string;
  let env: Record<string, string>;
  let service: Service;

  before(async () => {
    receiver = await WebhookReceiver.start();
    cwd = await tempFolder();
    const own = { WEBHOOKS_ALLOWED_NETWORKS: '127.0.0.0/8', SENSORS_CHECK_CRON: '* * * * * *' };
    env = { DATA_FILE: await attemptsFile(100), ...own };
    service = await startService({ cwd, env });
  });
  after(async () => {
    await service.stop();
    await receiver.stop();
  });

  async function created(path: string, body: object): Promise<{ id: string }> {
    const answer = await new RestClient(service.url).post(path, { body });
    expect(answer.status, answer.text).to.equal(201);
    return answer.body as { id: string };
  }

  it('hear of each change once and in order at their URL, repeated and late reports aside, over kill -9', async () => {
    const client = await created('/api/v1/clients', { name: 'first' });
    const other = await created('/api/v1/clients', { name: 'second' });
    const sensors = await Promise.all(
      Array.from({ length: SENSORS }, (_, i) =>
        created('/api/v1/sensors', { client_id: i === 0 ? other.id : client.id, external_id: `s${i}` }),
      ),
    );
    const wanted = { event_types: ['sensor.status-changed'], client_id: client.id, retry_schedule_s: [1, 1] };
    const webhook = await created('/api/v1/webhooks', { ...wanted, url: receiver.url('/client') });
    receiver.behave('/client', { status: 500 }, { status: 200 });
    const begun = Date.now() - 60_000;
    for (const [step, status] of REPORTS.entries()) {
      if (step === 4) {
        await receiver.got('/client', 1);
        await service.kill();
        service = await startService({ cwd, env });
      }
      const rest = new RestClient(service.url);
      await Promise.all(
        sensors.map(async ({ id }) => {
          const body = { status, at: begun + step * 1_000 };
          const { status: answered, text } = await rest.post(`/api/v1/sensors/${id}/events`, { body });
          expect(answered, text).to.be.below(300);
          if (step === 6)
            await rest.post(`/api/v1/sensors/${id}/events`, { body: { status: 'late', at: begun - 1 } });
        }),
      );
    }
    await waitFor('every change', () => unique(receiver).length >= (SENSORS - 1) * CHANGES.length, {
      timeoutMs: 40_000,
    });
    for (const { id } of sensors.slice(1)) {
      const told = unique(receiver).filter(({ event }) => event.subject === `sensors/${id}`);
      expect(told.map(({ event }) => event.data['to'])).to.deep.equal(CHANGES);
      expect(told.map(({ event }) => event.data['client_id'])).to.deep.equal(CHANGES.map(() => client.id));
    }
    expect(receiver.received.some(({ event }) => event.subject === `sensors/${sensors[0]!.id}`)).to.equal(
      false,
    );
    for (const request of receiver.received) verify((webhook as WebhookWithSecretOut).secret, request);
  });
});

/** The first request of each `webhook-id`, as they came. */
function unique({ received }: WebhookReceiver): Received[] {
  const first = new Map<string, Received>();
  for (const request of received) if (!first.has(request.webhookId)) first.set(request.webhookId, request);
  return [...first.values()];
}
