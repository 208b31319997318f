import { join } from 'node:path';
import { Connection } from 'rabbitmq-client';
import { attemptsFileAt } from '../support/attempts-file.js';
import { postgres } from '../support/postgres.js';
import { rabbitmq } from '../support/rabbitmq.js';
import { RestClient } from '../support/rest-client.js';
import { SeededRandom } from '../support/seeded-random.js';
import { launchService } from '../support/service.js';
import type { LaunchedService } from '../support/service.js';
import { waitFor } from '../support/wait-for.js';
import { postgresTruth, sqliteTruth } from '../torture/database-truth.js';
import type { DatabaseTruth } from '../torture/database-truth.js';
import { checkAlarms, checkChanges, checkStorm } from './check-storm.js';
import type { Accounting } from './check-storm.js';
import { makeStorm } from './storm-truth.js';
import type { StormMessage, StormTruth } from './storm-truth.js';
import { ALARM, ALARMED, CHANGED, StormWebhooks, WEBHOOK_ENV } from './storm-webhooks.js';
import { storedEvents } from './stored-events.js';

export interface StormOptions {
  database: 'SQLite' | 'PostgreSQL';
  events: number;
  sensors: number;
  /** `kill -9` of the service while it takes them. */
  kills: number;
  /** Of the broker, at once and in good order in turn. */
  restarts: number;
  seed: number;
  /** Where the service keeps its state. */
  folder: string;
}

const QUEUE = 'sensor_events';
const QUIET_WITHIN_MS = 600_000;
const DOORS_EVERY = 10;

export interface StormOutcome {
  /** Every difference between what was sent, what the service says of it, and what receivers were told. */
  faults: string[];
  /** For people. */
  rows: [what: string, how: string][];
}

/** So many requests between publishing and a kill that is to meet deliveries under way. */
const UNDER_WAY = 20;

/**
 * Hands a storm of events in by RabbitMQ while the service is killed and the broker restarted, with webhooks attached, and
 * compares what it says, and what these were told, with what was sent.
 */
export async function runSensorStorm(options: StormOptions): Promise<StormOutcome> {
  const broker = await rabbitmq();
  const url = await broker.vhostUrl();
  const { tables, ...database } = await databaseOf(options);
  const file = join(options.folder, 'attempts.json');
  const DATA_FILE = await attemptsFileAt(file, { records: 100, phones: 10, seed: 1 });
  const env = { DATA_FILE, AMQP_URL: url, SENSORS_PREFETCH: '200', ...WEBHOOK_ENV, ...database };
  const random = new SeededRandom(options.seed);
  let service: LaunchedService = launchService({ cwd: options.folder, env });
  let webhooks: StormWebhooks | undefined;
  try {
    const first = new RestClient((await service.ready()).url);
    const { sensors, doors } = await makeSensors(first, options.sensors);
    webhooks = await StormWebhooks.attach(first, tables);
    const now = Date.now();
    const { messages, truth } = makeStorm(sensors, { ...options, now });
    for (const { act, messages: lot } of lotsOf(options, messages, random)) {
      const told = webhooks.requests;
      await publish(url, lot);
      await new Promise((resolve) => setTimeout(resolve, random.between(0, 300)));
      if (act === 'kill amid deliveries') await moreThan(webhooks, told + UNDER_WAY);
      if (act === 'kill' || act === 'kill amid deliveries') {
        await service.end('SIGKILL');
        service = launchService({ cwd: options.folder, env });
      } else if (act !== undefined) {
        await broker.restart(act);
      }
    }
    const rest = new RestClient((await service.ready()).url);
    await quiet(rest, truth.cameIn);
    await webhooks.ended(tables);
    return await judge({ rest, truth, tables, webhooks, doors });
  } finally {
    await service.end('SIGTERM');
    await webhooks?.stop();
  }
}

/** When all is over. */
async function judge(storm: {
  rest: RestClient;
  truth: StormTruth;
  tables: DatabaseTruth;
  webhooks: StormWebhooks;
  /** The sensors that alarms are about. */
  doors: readonly string[];
}): Promise<StormOutcome> {
  const { rest, truth, tables, webhooks, doors } = storm;
  const [changes, alarms] = [await storedEvents(tables, CHANGED), await storedEvents(tables, ALARMED)];
  const faults = [
    ...(await checkStorm(rest, truth)),
    ...checkChanges(changes, truth),
    ...checkAlarms(alarms, truth, doors),
    ...(await webhooks.faults(tables)),
  ];
  const rows: StormOutcome['rows'] = [
    ['events', `${truth.logged} logged, ${truth.duplicate} duplicate, ${truth.dead} dead letters`],
    ['in the event log', `${changes.length} changes of status, ${alarms.length} of alarms`],
    ...webhooks.rows(),
  ];
  return { faults, rows };
}

function moreThan(webhooks: StormWebhooks, requests: number): Promise<unknown> {
  return waitFor('deliveries', () => webhooks.requests > requests, { timeoutMs: 60_000 });
}

async function databaseOf({
  database,
  folder,
}: StormOptions): Promise<{ tables: DatabaseTruth; DATABASE_URL?: string }> {
  if (database === 'SQLite') return { tables: sqliteTruth(join(folder, 'data/state/switchyard.db')) };
  const url = await (await postgres()).createDatabase();
  return { tables: postgresTruth(url), DATABASE_URL: url };
}

type Act = 'kill' | 'kill amid deliveries' | 'in good order' | 'at once';

/** All messages in as many lots as there are acts and one more, and what is done after each. */
function lotsOf(
  { kills, restarts }: StormOptions,
  messages: readonly StormMessage[],
  random: SeededRandom,
): { act: Act | undefined; messages: readonly StormMessage[] }[] {
  const acts = random.shuffled([
    ...Array.from({ length: kills }, (_, n): Act => (n % 2 === 0 ? 'kill amid deliveries' : 'kill')),
    ...Array.from({ length: restarts }, (_, n): Act => (n % 2 === 0 ? 'at once' : 'in good order')),
  ]);
  const size = Math.ceil(messages.length / (acts.length + 1));
  return [...acts, undefined].map((act, n) => ({ act, messages: messages.slice(n * size, (n + 1) * size) }));
}

async function makeSensors(rest: RestClient, count: number): Promise<{ sensors: string[]; doors: string[] }> {
  const client = (await rest.post('/api/v1/clients', { body: { name: 'Storm' } })).body as { id: string };
  const kindOf = (n: number): string => (n % DOORS_EVERY === 0 ? ALARM.kind : 'valve');
  const lines = Array.from({ length: count }, (_, n) =>
    JSON.stringify({ external_id: `storm ${n}`, kind: kindOf(n) }),
  );
  await rest.post(`/api/v1/sensors/import?client_id=${client.id}`, {
    body: lines.join('\n'),
    headers: { 'content-type': 'application/x-ndjson' },
  });
  const page = (await rest.get(`/api/v1/sensors?limit=1000`)).body as {
    items: { id: string; kind: string }[];
  };
  const doors = page.items.filter(({ kind }) => kind === ALARM.kind);
  return { sensors: page.items.map(({ id }) => id), doors: doors.map(({ id }) => id) };
}

async function publish(url: string, messages: readonly StormMessage[]): Promise<void> {
  const rabbit = new Connection({ url, retryLow: 100 });
  rabbit.on('error', () => undefined); // a broker that has just started may hang up once
  await rabbit.onConnect(60_000);
  const publisher = rabbit.createPublisher({ confirm: true });
  const properties = { routingKey: QUEUE, durable: true, contentType: 'application/json' };
  try {
    for (let at = 0; at < messages.length; at += 1_000) {
      const lot = messages.slice(at, at + 1_000);
      await Promise.all(
        lot.map(({ id, body }) => publisher.send({ ...properties, messageId: id }, Buffer.from(body))),
      );
    }
  } finally {
    await publisher.close();
    await rabbit.close();
  }
}

/** Until all came in, and nothing more comes for a while. */
async function quiet(rest: RestClient, cameIn: number): Promise<void> {
  const counted = async (): Promise<number> =>
    ((await rest.get('/api/v1/sensors/accounting')).body as Accounting).came_in;
  await waitFor('all events', async () => (await counted()) >= cameIn, {
    timeoutMs: QUIET_WITHIN_MS,
    everyMs: 100,
  });
  await new Promise((resolve) => setTimeout(resolve, 500));
}
