import type { RestClient } from '../support/rest-client.js';
import { waitFor } from '../support/wait-for.js';
import { WebhookReceiver } from '../support/webhook-receiver.js';
import type { Behaviour, ReceivedEvent } from '../support/webhook-receiver.js';
import type { DatabaseTruth } from '../torture/database-truth.js';
import { Notified } from './notified.js';
import { storedEvents } from './stored-events.js';

export const CHANGED = ['sensor.status-changed'];
export const ALARMED = ['sensor.alarm-raised', 'sensor.alarm-cleared'];
/** What makes an alarm, and of which sensors. */
export const ALARM = { kind: 'door', status: 'open' };

interface EndpointPlan {
  path: string;
  types: readonly string[];
  /** What it does with an event that comes for the first time. All others it accepts. */
  first: (event: ReceivedEvent) => Behaviour;
}

const ACCEPTED: Behaviour = { status: 204 };
const FAILS_EVERY = 67;
const RESETS_EVERY = 101;

const ENDPOINTS: readonly EndpointPlan[] = [
  { path: '/prompt', types: CHANGED, first: () => ACCEPTED },
  { path: '/shaky', types: CHANGED, first: shaky },
  { path: '/alarms', types: ALARMED, first: () => ACCEPTED },
];

function shaky({ id }: ReceivedEvent): Behaviour {
  if (Number(id) % FAILS_EVERY === 0) return { status: 500 };
  if (Number(id) % RESETS_EVERY === 0) return 'reset';
  return { status: 204, afterMs: 5 };
}

/** What the service must be started with. */
export const WEBHOOK_ENV = { WEBHOOKS_ALLOWED_NETWORKS: '127.0.0.0/8', SENSORS_CHECK_CRON: '* * * * * *' };

const LOOK_MS = 250;
/** Without a request for so long, nothing more is to come. */
const STILL_MS = 30_000;

/** Receivers that outlive the service, told of changes of status and of alarms. */
export class StormWebhooks {
  readonly #endpoints: { plan: EndpointPlan; notified: Notified }[] = [];

  private constructor(private readonly receiver: WebhookReceiver) {}

  /** Makes the endpoints, and a rule for alarms, before anything has happened. */
  static async attach(rest: RestClient, tables: DatabaseTruth): Promise<StormWebhooks> {
    const webhooks = new StormWebhooks(await WebhookReceiver.start());
    const { kind, status } = ALARM;
    const rule = { name: 'Storm', severity: 'info', condition: 'status', statuses: [status], kind };
    await made(rest, 'alarm-rules', rule);
    await waitFor('alarms to be looked after', () => followsAlarms(tables), { timeoutMs: 60_000 });
    for (const plan of ENDPOINTS) await webhooks.#add(rest, plan);
    return webhooks;
  }

  /** How many came so far. */
  get requests(): number {
    return this.#endpoints.reduce((sum, { notified }) => sum + notified.requests, 0);
  }

  /** Until everything that is to be told was accepted, or nothing has come for long. */
  async ended(tables: DatabaseTruth): Promise<void> {
    let [seen, seenAt] = [this.requests, Date.now()];
    while (!(await hasEnded(tables)) && Date.now() - seenAt < STILL_MS) {
      await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
      if (this.requests > seen) [seen, seenAt] = [this.requests, Date.now()];
    }
  }

  /** Every difference between what is stored and what came. */
  async faults(tables: DatabaseTruth): Promise<string[]> {
    const pending = await tables.rows<{ id: string }>(
      `select id from webhook_deliveries where state <> 'delivered'`,
    );
    const faults = pending.map(({ id }) => `delivery ${id} has not ended well`);
    for (const { plan, notified } of this.#endpoints) {
      faults.push(...notified.faults(await storedEvents(tables, plan.types)));
    }
    return faults;
  }

  /** For people: what came where. */
  rows(): [what: string, how: string][] {
    return this.#endpoints.map(({ plan, notified: { events, requests } }) => [
      `told to ${plan.path}`,
      `${events} of ${plan.types.join(', ')}, in ${requests} requests`,
    ]);
  }

  stop(): Promise<void> {
    return this.receiver.stop();
  }

  async #add(rest: RestClient, plan: EndpointPlan): Promise<void> {
    const { path, types, first } = plan;
    const url = this.receiver.url(path);
    const pauses = Array.from({ length: 10 }, () => 1);
    const body = { url, event_types: types, retry_schedule_s: pauses, concurrency: 50 };
    const { secret } = (await made(rest, 'webhooks', body)) as { secret: string };
    const notified = new Notified(path, secret);
    this.#endpoints.push({ plan, notified });
    this.receiver.decide(path, (event, request) => {
      const behaviour = notified.knows(event.id) ? ACCEPTED : first(event);
      notified.take(request, typeof behaviour === 'object' && behaviour.status < 300);
      this.receiver.received.length = 0; // so many would fill the memory
      return behaviour;
    });
  }
}

async function made(rest: RestClient, what: string, body: object): Promise<unknown> {
  const answer = await rest.post(`/api/v1/${what}`, { body });
  if (answer.status !== 201) throw new Error(`${what} answered ${answer.status}: ${answer.text}`);
  return answer.body;
}

/** From now on each change is one that alarms follow. */
async function followsAlarms(tables: DatabaseTruth): Promise<boolean> {
  const [row] = await tables.rows<{ ready: number | string }>(
    'select count(*) as ready from sensor_positions, alarm_rules where scan_after is null',
  );
  return Number(row!.ready) === 1;
}

/** All changes were looked at for alarms and for webhooks, and all deliveries that came of it have ended. */
async function hasEnded(tables: DatabaseTruth): Promise<boolean> {
  const position = tables.dialect === 'sqlite' ? 'id' : 'position';
  const last = (types: readonly string[]): string =>
    `(select coalesce(max(${position}), 0) from events where type in (${types.map((type) => `'${type}'`).join()}))`;
  const [row] = await tables.rows<Record<'open' | 'ahead', number | string>>(`select
    (select count(*) from webhook_deliveries where state = 'pending') as open,
    (select count(*) from webhook_state, sensor_positions where scheduled_position < ${last(CHANGED)}
      or webhook_state.position < ${last(ALARMED)} or sensor_positions.position < ${last(CHANGED)}) as ahead`);
  return Number(row!.open) + Number(row!.ahead) === 0;
}
