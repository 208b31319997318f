import { setTimeout as pause } from 'node:timers/promises';
import { Pool } from 'undici';
import { systemClock } from '../src/kernel/clock.js';
import { createProvisioningStandIn } from '../src/modules/equipment/index.js';
import type { BenchContext } from './bench-context.js';
import type { BenchService } from './bench-service.js';
import { startBenchService } from './bench-service.js';
import { median, writeJson } from './harness.js';
import { createServiceWorld, ECHO } from './service-world.js';
import type { ServiceWorld } from './service-world.js';

const TASKS = 2_000;
const CALLERS = 100;
const SLOW = 500;
const SLOW_MS = 60_000;
/** For what is sampled to have settled. */
const SETTLED_MS = 8_000;
const ECHO_SECONDS = 5;
const WITHIN_MS = 180_000;

const BODY = JSON.stringify({
  timeoutInSeconds: 120,
  parameters: { username: 'admin', password: 'bench-password', vlan: 534, interfaces: [1, 2, 3, 4] },
});
const FINISHED = 'switchyard_equipment_configured_total{fate="finished",code="200"}';

interface Site {
  service: BenchService;
  /** Milliseconds that a device takes; may be changed. */
  latency: [number, number];
}

interface SlowFigures {
  rssBeforeMb: number;
  rssDuringMb: number;
  loopP99Ms: number;
}

/** Configurations through the whole way beside the bare echo over two queues, and slow devices in flight. */
export async function runEquipment(context: BenchContext): Promise<void> {
  const world = createServiceWorld({ ...context, records: 1_000 }, []);
  const rates: Record<string, number[]> = { echo: [] };
  const slow: Record<string, SlowFigures> = {};
  for (const broker of ['RabbitMQ', 'embedded'] as const) {
    const site = await siteOf(context, world, broker);
    await configure(site.service, 200, 'warm');
    const all: number[] = (rates[broker] = []);
    for (let round = 0; round < context.rounds; round++) {
      all.push(await rateOf(site.service, `${broker[0]}${round}x`));
      rates['echo']!.push(await echoRate(world));
    }
    console.log(`${broker}: ${median(all).toFixed(0)} configurations per second`);
    slow[broker] = await slowDevices(site);
    console.log(`${broker}: ${described(slow[broker])}`);
  }
  console.log(`echo over two queues: ${median(rates['echo']!).toFixed(0)} per second`);
  console.log(`written to ${await writeJson('equipment', { tasks: TASKS, rates, slow })}`);
}

function described({ rssBeforeMb, rssDuringMb, loopP99Ms }: SlowFigures): string {
  const more = (rssDuringMb - rssBeforeMb).toFixed(1);
  return `${SLOW} devices of ${SLOW_MS / 1_000} s in flight: ${more} MB more, event loop p99 ${loopP99Ms.toFixed(2)} ms`;
}

async function siteOf(
  { folder, onEnd }: BenchContext,
  world: ServiceWorld,
  broker: 'RabbitMQ' | 'embedded',
): Promise<Site> {
  const latency: [number, number] = [0, 0];
  const standIn = createProvisioningStandIn({ clock: systemClock, random: () => 0, latencyMs: latency });
  const url = await standIn.start();
  onEnd(() => standIn.stop());
  const amqp = broker === 'RabbitMQ' && { AMQP_URL: await world.amqpUrl({ broker, database: 'SQLite' }) };
  const env = { PROVISIONING_URL: url, PROVISIONING_CONCURRENCY: String(SLOW), LOG_LEVEL: 'warn', ...amqp };
  const service = await startBenchService({ folder, name: `equipment-${broker}`, env });
  onEnd(() => service.stop());
  return { service, latency };
}

/** Tasks a second, from the first request to the last end. */
async function rateOf(service: BenchService, prefix: string): Promise<number> {
  const before = await service.metric(FINISHED).catch(() => 0);
  const begun = performance.now();
  await configure(service, TASKS, prefix);
  await until(async () => (await service.metric(FINISHED)) - before >= TASKS);
  return TASKS / ((performance.now() - begun) / 1_000);
}

/** One request for each of `count` devices, by a fixed number of callers. */
async function configure(service: BenchService, count: number, prefix: string): Promise<void> {
  const pool = new Pool(`http://127.0.0.1:${service.port}`, { connections: CALLERS });
  const headers = { ...service.headers, 'content-type': 'application/json' };
  let next = 0;
  const caller = async (): Promise<void> => {
    while (next < count) {
      const path = `/api/v1/equipment/cpe/${prefix}${String(next++).padStart(6, '0')}`;
      const { statusCode, body } = await pool.request({ method: 'POST', path, headers, body: BODY });
      const text = await body.text();
      if (statusCode !== 200) throw new Error(`${statusCode}: ${text}`);
    }
  };
  await Promise.all(Array.from({ length: CALLERS }, caller));
  await pool.close();
}

async function echoRate(world: ServiceWorld): Promise<number> {
  const { url } = await world.echo();
  const body = '{"correlation_id":$N}';
  const job = { kind: 'amqp' as const, url, ...ECHO, body, firstNumber: 1, inFlight: CALLERS };
  return (await world.load().run({ ...job, seconds: ECHO_SECONDS })).perSecond;
}

async function slowDevices({ service, latency }: Site): Promise<SlowFigures> {
  await pause(SETTLED_MS);
  const rssBeforeMb = (await service.metric('process_resident_memory_bytes')) / 2 ** 20;
  latency.fill(SLOW_MS);
  await configure(service, SLOW, 'slow');
  await until(async () => (await service.metric('switchyard_provisioning_in_flight')) === SLOW);
  await pause(SETTLED_MS);
  return {
    rssBeforeMb,
    rssDuringMb: (await service.metric('process_resident_memory_bytes')) / 2 ** 20,
    loopP99Ms: (await service.metric('switchyard_event_loop_delay_p99_seconds')) * 1_000,
  };
}

async function until(holds: () => Promise<boolean>): Promise<void> {
  const end = performance.now() + WITHIN_MS;
  while (!(await holds().catch(() => false))) {
    if (performance.now() > end) throw new Error('it did not come to an end in time');
    await pause(20);
  }
}
