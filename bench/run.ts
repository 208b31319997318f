/** `npm run bench`: each benchmark prints a table and writes bench/results/NAME-TIME.json. `-- --help` shows the options. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { commandLine, refuse } from '../spec/support/command-line.js';
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

type Run = (context: BenchContext) => Promise<void>;

/** With a folder of its own; what was opened is closed, last first. */
async function inContext(work: Run): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'switchyard-bench-'));
  const undo: (() => Promise<void>)[] = [() => rm(folder, { recursive: true, force: true })];
  const { records, rounds } = values;
  try {
    await work({ folder, records, rounds, onEnd: (step) => undo.push(step) });
  } finally {
    for (const step of undo.reverse()) await step();
  }
}

const BENCHMARKS: Record<string, Run> = {
  'cold-aggregation': runColdAggregation,
  live: runLive,
  rates: (context) => runRates({ ...context, minutes: values.minutes }),
  search: runSearchBench,
  webhooks: runWebhooks,
  sensors: (context) =>
    runSensorsBench(context, {
      ...{ events: values.events, sensors: values.sensors, logRows: values['log-rows'] },
      only: values.only === 'intake' || values.only === 'reads' ? values.only : undefined,
    }),
  equipment: runEquipment,
};

const names = [...Object.keys(BENCHMARKS), ...SERVICE_PARTS];
const mainJob = ['cold-aggregation', ...SERVICE_PARTS];
const CALL = 'npm run bench';
const { names: given, values } = commandLine({
  call: CALL,
  does: `Measures beside peers, in turns. Without a name the main job, in some minutes: ${mainJob.join(', ')}.`,
  names: { means: 'what is measured', of: [...names, 'all'] },
  options: {
    records: { kind: 'whole', means: 'records of the data file', least: 1, default: 2_000_000 },
    rounds: { kind: 'whole', means: 'rounds of each measure', least: 1, default: 3 },
    minutes: { kind: 'whole', means: 'minutes that rates watches the memory', least: 1, default: 10 },
    only: {
      kind: 'text',
      means: 'measures with this in their name, and their peers; sensors: intake or reads',
    },
    profile: { kind: 'flag', means: 'writes what the threads of the service do to bench/results/profiles' },
    events: { kind: 'whole', means: 'events that sensors takes in a round', least: 1, default: 100_000 },
    sensors: { kind: 'whole', means: 'sensors that sensors reads from', least: 1, default: 1_000_000 },
    'log-rows': { kind: 'whole', means: 'rows of the log that sensors reads', least: 1, default: 10_000_000 },
  },
});
const asked = given.includes('all') ? names : given.length > 0 ? given : mainJob;

const { cpu, cores, node } = machine();
console.log(`${cpu}, ${cores} cores, Node ${node}`);
const parts = asked.filter((one) => SERVICE_PARTS.includes(one));
if (parts.length > 0) {
  await inContext((context) =>
    runServiceParts(parts, { ...context, profile: values.profile, only: values.only }),
  ).catch((error: unknown) => refuse(CALL, error));
}
for (const [name, run] of Object.entries(BENCHMARKS)) {
  if (asked.includes(name)) await inContext(run);
}
