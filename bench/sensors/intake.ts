import { Connection } from 'rabbitmq-client';
import { systemClock } from '../../src/kernel/clock.js';
import { createSensorEventsConsumer } from '../../src/modules/sensors/intake/sensor-events.consumer.js';
import {
  brokerMigrations,
  createDeadLetterBox,
  createRabbitBroker,
} from '../../src/platform/broker/index.js';
import { openSite } from '../../spec/modules/sensors/sensors-site.js';
import { rabbitmq } from '../../spec/support/rabbitmq.js';
import type { BenchContext } from '../bench-context.js';
import { median } from '../harness.js';
import { quietLog } from '../quiet-log.js';
import type { NamedDatabase } from './named-database.js';

const QUEUE = 'sensor_events';
const PREFETCH = 2_000;
const SENSORS = 10_000;
const TARGET = 0.6;
/** Of its events, one in so many is a change: sensors repeat themselves. */
const CHANGE_EVERY = 10;

interface Taken {
  perS: number;
}

/** Messages a second, in turns: bare consume and acknowledge, then the same messages logged on each database. */
export async function measureIntake(
  context: BenchContext,
  events: number,
  databases: () => Promise<NamedDatabase[]>,
): Promise<Record<string, number>> {
  const broker = await rabbitmq();
  context.onEnd(() => broker.stop());
  const url = await broker.vhostUrl();
  const opened = await databases();
  const sites = await Promise.all(
    opened.map(async ([name, db]) => {
      await db.migrate(brokerMigrations);
      const site = await openSite(db);
      context.onEnd(() => site.close());
      const owner = await site.newClient();
      const ids = await Promise.all(
        Array.from({ length: SENSORS }, async () => (await site.newSensor(owner.id)).id),
      );
      return { name, db, site, ids };
    }),
  );
  const rates = new Map<string, number[]>();
  const note = (name: string, { perS }: Taken): void =>
    void rates.set(name, [...(rates.get(name) ?? []), perS]);
  for (let round = 0; round < context.rounds; round++) {
    for (const { name, site, ids } of sites) {
      await publish(url, events, ids);
      note('bare', await consumeBare(url, events));
      await publish(url, events, ids);
      note(name, await consumeLogged(url, events, site));
    }
  }
  const medians = Object.fromEntries([...rates].map(([name, all]) => [name, Math.round(median(all))]));
  console.log(`\n${events} messages, ${context.rounds} rounds, target ${TARGET} × bare`);
  const bare = medians['bare']!;
  console.table(
    Object.fromEntries(
      Object.entries(medians).map(([name, perS]) => [
        name,
        { 'per s': perS, 'of bare': Math.round((perS / bare) * 100) / 100 },
      ]),
    ),
  );
  return medians;
}

async function publish(url: string, events: number, ids: readonly string[]): Promise<void> {
  const rabbit = new Connection(url);
  const publisher = rabbit.createPublisher({ confirm: true, queues: [{ queue: QUEUE, durable: true }] });
  const from = Date.now() - events;
  for (let at = 0; at < events; at += 1_000) {
    const lot = Array.from({ length: Math.min(1_000, events - at) }, (_, i) => {
      const n = at + i;
      const body = {
        ...{ sensor_id: ids[(n * 7_919) % ids.length], status: statusOf(n, ids.length) },
        ...{ at: from + n, payload: { t: 21.5, n } },
      };
      const message = {
        routingKey: QUEUE,
        durable: true,
        messageId: `${from}-${n}`,
        contentType: 'application/json',
      };
      return publisher.send(message, Buffer.from(JSON.stringify(body)));
    });
    await Promise.all(lot);
  }
  await publisher.close();
  await rabbit.close();
}

/** Each sensor in turn, at a time of its own. */
function statusOf(n: number, sensors: number): string {
  const turn = Math.floor(n / sensors) + (n % sensors);
  return Math.floor(turn / CHANGE_EVERY) % 2 === 0 ? 'open' : 'closed';
}

async function consumeBare(url: string, events: number): Promise<Taken> {
  const rabbit = new Connection(url);
  const startedAt = performance.now();
  let taken = 0;
  await new Promise<void>((resolve, reject) => {
    const consumer = rabbit.createConsumer(
      {
        ...{ queue: QUEUE, queueOptions: { durable: true }, concurrency: PREFETCH },
        qos: { prefetchCount: PREFETCH },
      },
      () => {
        if (++taken === events) setImmediate(() => void consumer.close().then(resolve, reject));
      },
    );
    consumer.on('error', reject);
  });
  const perS = events / ((performance.now() - startedAt) / 1_000);
  await rabbit.close();
  return { perS };
}

async function consumeLogged(
  url: string,
  events: number,
  site: Awaited<ReturnType<typeof openSite>>,
): Promise<Taken> {
  const { db } = site;
  const deadLetters = createDeadLetterBox(db);
  const broker = createRabbitBroker({ url, db, clock: systemClock, log: quietLog, deadLetters });
  broker.declare({ exchanges: [], queues: [{ queue: QUEUE, deadLetters: true }] });
  await broker.start();
  await broker.connected(20_000);
  const before = sum(site.fates);
  const startedAt = performance.now();
  broker.consumeBatches(
    { queue: QUEUE, prefetch: PREFETCH, most: PREFETCH / 2, mostBytes: 256 * 1024 },
    createSensorEventsConsumer(site.intake),
  );
  while (sum(site.fates) - before < events) await new Promise((resolve) => setTimeout(resolve, 5));
  const perS = events / ((performance.now() - startedAt) / 1_000);
  await broker.stop();
  return { perS };
}

function sum(fates: Readonly<Record<string, number>>): number {
  return Object.values(fates).reduce((total, count) => total + count, 0);
}
