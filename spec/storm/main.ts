/**
 * npm run storm -- [--database SQLite|PostgreSQL|both] [--events N] [--sensors N] [--kills N] [--restarts N] [--seed N]
 * Events of sensors by RabbitMQ, while the service is killed and the broker restarted: what was sent against what became of
 * it, and against what webhooks were told. Exits with 1 on any difference.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { stopSharedServers } from '../support/shared-server.js';
import { runSensorStorm } from './run-storm.js';
import type { StormOptions } from './run-storm.js';

const { values } = parseArgs({
  options: {
    database: { type: 'string', default: 'both' },
    events: { type: 'string', default: '100000' },
    sensors: { type: 'string', default: '500' },
    kills: { type: 'string', default: '10' },
    restarts: { type: 'string', default: '3' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
  },
});
const SHOWN = 20;
const WIDTH = 20;
const DATABASES = ['SQLite', 'PostgreSQL'] as const;

async function run(database: StormOptions['database']): Promise<number> {
  const folder = await mkdtemp(join(tmpdir(), 'switchyard-storm-'));
  const [events, sensors, kills, restarts, seed] = [
    ...[values.events, values.sensors, values.kills, values.restarts, values.seed].map(Number),
  ] as [number, number, number, number, number];
  const startedAt = performance.now();
  const { faults, rows } = await runSensorStorm({ database, events, sensors, kills, restarts, seed, folder });
  const seconds = Math.round((performance.now() - startedAt) / 1_000);
  const what = `${events} events, ${kills} kills, ${restarts} restarts of the broker, seed ${seed}, ${seconds} s`;
  console.log(
    `${database}: ${what}: ${faults.length === 0 ? 'all as it must be' : `${faults.length} faults`}`,
  );
  for (const [title, how] of rows) console.log(`  ${title.padEnd(WIDTH)} ${how}`);
  for (const fault of faults.slice(0, SHOWN)) console.log(`  ${fault}`);
  if (faults.length === 0) await rm(folder, { recursive: true, force: true });
  else console.log(`  ${folder} is kept for a look`);
  return faults.length;
}

let wrong = 0;
for (const database of DATABASES) {
  if (values.database === database || values.database === 'both') wrong += await run(database);
}
await stopSharedServers();
process.exitCode = wrong === 0 ? 0 : 1;
