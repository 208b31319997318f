import { join } from 'node:path';
import { Connection } from 'rabbitmq-client';
import { postgres } from '../support/postgres.js';
import { rabbitmq } from '../support/rabbitmq.js';
import { RestClient } from '../support/rest-client.js';
import { SeededRandom } from '../support/seeded-random.js';
import { launchService } from '../support/service.js';
import type { LaunchedService, Service } from '../support/service.js';
import { waitFor } from '../support/wait-for.js';
import { postgresTruth, sqliteTruth } from '../torture/database-truth.js';
import type { DatabaseTruth } from '../torture/database-truth.js';
import { checkChanges, checkStorm } from './check-storm.js';
import type { Accounting } from './check-storm.js';
import { makeStorm } from './storm-truth.js';
import type { StormMessage } from './storm-truth.js';

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

/**
 * Hands a storm of events in by RabbitMQ while the service is killed and the broker restarted, and compares what it says
 * with what was sent; returns every difference.
 */
export async function runSensorStorm(options: StormOptions): Promise<string[]> {
  const broker = await rabbitmq();
  const url = await broker.vhostUrl();
  const { tables, ...database } = await databaseOf(options);
  const env = { AMQP_URL: url, SENSORS_PREFETCH: '200', ...database };
  const random = new SeededRandom(options.seed);
  let service: LaunchedService = launchService({ cwd: options.folder, env });
  try {
    const sensors = await makeSensors(await service.ready(), options.sensors);
    const now = Date.now();
    const { messages, truth } = makeStorm(sensors, { ...options, now });
    const acts = actsOf(options, random);
    const perAct = Math.ceil(messages.length / (acts.length + 1));
    for (const [n, act] of [...acts, undefined].entries()) {
      await publish(url, messages.slice(n * perAct, (n + 1) * perAct));
      await new Promise((resolve) => setTimeout(resolve, random.between(0, 300)));
      if (act === 'kill') {
        await service.end('SIGKILL');
        service = launchService({ cwd: options.folder, env });
      } else if (act !== undefined) {
        await broker.restart(act);
      }
    }
    const rest = new RestClient((await service.ready()).url);
    await quiet(rest, truth.cameIn);
    return [...(await checkStorm(rest, truth)), ...(await checkChanges(tables, truth))];
  } finally {
    await service.end('SIGTERM');
  }
}

async function databaseOf({
  database,
  folder,
}: StormOptions): Promise<{ tables: DatabaseTruth; DATABASE_URL?: string }> {
  if (database === 'SQLite') return { tables: sqliteTruth(join(folder, 'data/state/switchyard.db')) };
  const url = await (await postgres()).createDatabase();
  return { tables: postgresTruth(url), DATABASE_URL: url };
}

type Act = 'kill' | 'in good order' | 'at once';

function actsOf({ kills, restarts }: StormOptions, random: SeededRandom): Act[] {
  return random.shuffled([
    ...Array.from({ length: kills }, (): Act => 'kill'),
    ...Array.from({ length: restarts }, (_, n): Act => (n % 2 === 0 ? 'at once' : 'in good order')),
  ]);
}

async function makeSensors({ url }: Service, count: number): Promise<string[]> {
  const rest = new RestClient(url);
  const client = (await rest.post('/api/v1/clients', { body: { name: 'Storm' } })).body as { id: string };
  const lines = Array.from({ length: count }, (_, n) => JSON.stringify({ external_id: `storm ${n}` }));
  await rest.post(`/api/v1/sensors/import?client_id=${client.id}`, {
    body: lines.join('\n'),
    headers: { 'content-type': 'application/x-ndjson' },
  });
  const page = (await rest.get(`/api/v1/sensors?limit=1000`)).body as { items: { id: string }[] };
  return page.items.map(({ id }) => id);
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
