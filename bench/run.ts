/**
 * npm run bench [-- NAME …] [--records N] [--rounds N] [--minutes N] [--only TEXT] [--profile]
 * Runs the benchmarks of these names, or `all`; without a name those of the main job, in some minutes. Prints a table
 * and writes bench/results/NAME-TIME.json for each.
 * With --minutes the memory of `rates` is watched for so long; 10 by default.
 * With --only the measures of the service whose name holds that text, and their peers.
 * For `sensors`: --events N a round, --sensors N and --log-rows N for the reads, --only intake or reads.
 * With --profile the parts that start the service write what its threads do to bench/results/profiles.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { BenchContext } from './bench-context.js';
import { runColdAggregation } from './cold-aggregation.js';
import { runEquipment } from './equipment.js';
import { runLive } from './live/live.js';
import { runRates } from './rates/rates.js';
import { runSearchBench } from './search.js';
import { runSensorsBench } from './sensors/sensors.js';
import { runServiceParts, SERVICE_PARTS } from './service-bench.js';
import { machine } from './harness.js';
import { runWebhooks } from './webhooks/webhooks.js';

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: {
    records: { type: 'string', default: '2000000' },
    rounds: { type: 'string' },
    minutes: { type: 'string', default: '10' },
    only: { type: 'string' },
    profile: { type: 'boolean', default: false },
    events: { type: 'string', default: '100000' },
    sensors: { type: 'string', default: '1000000' },
    'log-rows': { type: 'string', default: '10000000' },
  },
});

/** With a folder of its own; what was opened is closed, last first. */
async function inContext(
  roundsByDefault: string,
  work: (context: BenchContext) => Promise<void>,
): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'switchyard-bench-'));
  const undo: (() => Promise<void>)[] = [() => rm(folder, { recursive: true, force: true })];
  const records = positive('records', values.records);
  const rounds = positive('rounds', values.rounds ?? roundsByDefault);
  try {
    await work({ folder, records, rounds, onEnd: (step) => undo.push(step) });
  } finally {
    for (const step of undo.reverse()) await step();
  }
}

function positive(name: string, text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 1) {
    throw new Error(`--${name} must be a whole number from 1, got "${text}"`);
  }
  return value;
}

/** Each with the rounds that it takes where nobody says how many. */
const BENCHMARKS: Record<string, { rounds: string; run: (context: BenchContext) => Promise<void> }> = {
  'cold-aggregation': { rounds: '3', run: runColdAggregation },
  live: { rounds: '3', run: runLive },
  rates: {
    rounds: '3',
    run: (context) => runRates({ ...context, minutes: positive('minutes', values.minutes) }),
  },
  search: { rounds: '3', run: runSearchBench },
  webhooks: { rounds: '3', run: runWebhooks },
  sensors: {
    rounds: '3',
    run: (context) =>
      runSensorsBench(context, {
        events: positive('events', values.events),
        sensors: positive('sensors', values.sensors),
        logRows: positive('log-rows', values['log-rows']),
        only: values.only === 'intake' || values.only === 'reads' ? values.only : undefined,
      }),
  },
  equipment: { rounds: '3', run: runEquipment },
};

const names = [...Object.keys(BENCHMARKS), ...SERVICE_PARTS];
const mainJob = ['cold-aggregation', ...SERVICE_PARTS];
const asked = positionals.includes('all') ? names : positionals.length > 0 ? positionals : mainJob;
const unknown = asked.filter((name) => !names.includes(name));
if (unknown.length > 0)
  throw new Error(`no benchmark ${unknown.join(', ')}; there are: ${names.join(', ')}, all`);

const { cpu, cores, node } = machine();
console.log(`${cpu}, ${cores} cores, Node ${node}`);
const parts = asked.filter((one) => SERVICE_PARTS.includes(one));
if (parts.length > 0) {
  await inContext('3', (context) =>
    runServiceParts(parts, { ...context, profile: values.profile, only: values.only }),
  );
}
for (const [name, { rounds, run }] of Object.entries(BENCHMARKS)) {
  if (asked.includes(name)) await inContext(rounds, run);
}
