/**
 * npm run bench [-- NAME …] [--records N] [--rounds N]
 * Runs the benchmarks of that name, or all; prints a table and writes bench/results/NAME-TIME.json for each.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { BenchContext } from './bench-context.js';
import { coldAggregation } from './cold-aggregation.js';
import { runSearchBench } from './search.js';
import { type Benchmark, machine, measure, printTable, writeResults } from './harness.js';

const BENCHMARKS: Record<string, (context: BenchContext) => Promise<Benchmark>> = {
  'cold-aggregation': coldAggregation,
};

/** Those that print tables of their own. */
const TABLES: Record<string, (context: BenchContext) => Promise<void>> = { search: runSearchBench };

const NAMES = [...Object.keys(BENCHMARKS), ...Object.keys(TABLES)];

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: {
    records: { type: 'string', default: '2000000' },
    rounds: { type: 'string', default: '5' },
  },
});

async function runBenchmark(name: string): Promise<void> {
  const prepare = BENCHMARKS[name];
  const tables = TABLES[name];
  if (!prepare && !tables) throw new Error(`no benchmark ${name}; there are: ${NAMES.join(', ')}`);
  const folder = await mkdtemp(join(tmpdir(), 'switchyard-bench-'));
  const undo = [() => rm(folder, { recursive: true, force: true })];
  try {
    const records = positive('records', values.records);
    const rounds = positive('rounds', values.rounds);
    const context: BenchContext = { folder, records, rounds, onEnd: (step) => undo.push(step) };
    if (tables) return await tables(context);
    const benchmark = await prepare!(context);
    const measured = await measure(benchmark);
    printTable(benchmark, measured);
    console.log(`written to ${await writeResults(benchmark, measured)}`);
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

const { cpu, cores, node } = machine();
console.log(`${cpu}, ${cores} cores, Node ${node}`);
for (const name of positionals.length > 0 ? positionals : NAMES) await runBenchmark(name);
