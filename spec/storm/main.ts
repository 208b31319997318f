/** `npm run storm`: exits with 1 on any difference between what was sent and what became of it. `-- --help` shows the options. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { commandLine } from '../support/command-line.js';
import { stopSharedServers } from '../support/shared-server.js';
import { runSensorStorm } from './run-storm.js';
import type { StormOptions } from './run-storm.js';

const SHOWN = 20;
const WIDTH = 20;
const DATABASES = ['SQLite', 'PostgreSQL'] as const;

const { values } = commandLine({
  call: 'npm run storm',
  does: `Events of sensors by RabbitMQ, while the service is killed and the broker restarted: what was sent against what became of
it, and against what webhooks were told. Exits with 1 on any difference.`,
  options: {
    database: { kind: 'word', means: 'what it runs on', of: [...DATABASES, 'both'], default: 'both' },
    events: { kind: 'whole', means: 'events that are sent', least: 1, default: 100_000 },
    sensors: { kind: 'whole', means: 'sensors that they are of', least: 1, default: 500 },
    kills: { kind: 'whole', means: 'kills of the service', least: 0, default: 10 },
    restarts: { kind: 'whole', means: 'restarts of the broker', least: 0, default: 3 },
    seed: { kind: 'whole', means: 'makes the same storm again (default: by the time)', least: 0 },
  },
});
const SEED = Date.now() % 1_000_000;

async function run(database: StormOptions['database']): Promise<number> {
  const folder = await mkdtemp(join(tmpdir(), 'switchyard-storm-'));
  const { events, sensors, kills, restarts, seed = SEED } = values;
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
