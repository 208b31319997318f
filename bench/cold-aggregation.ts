import { createReadStream } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import streamArray from 'stream-json/streamers/stream-array.js';
import type { BenchContext } from './bench-context.js';
import { systemClock } from '../src/kernel/clock.js';
import { createAggregator } from '../src/modules/reports/aggregator.js';
import { writeSampleData } from '../src/modules/reports/sample-data.js';
import { createWorkerPool } from '../src/platform/worker-pool/create-worker-pool.js';
import { type Attempt, PlainSums, type PlainStats, plainOf } from './plain-sums.js';
import { type Benchmark, type Contestant, versionOf } from './harness.js';
import { quietLog } from './quiet-log.js';

const PHONES = 200;
const ASKED_FOR = [0, 1, 17, 199];
const FOR_EVER = { fromMs: null, toMs: null };
const NO_CACHE = {
  get: () => Promise.resolve(undefined),
  getMany: (keys: readonly string[]) => Promise.resolve(keys.map(() => undefined)),
  set: () => Promise.resolve(false),
};

/** One report when nothing is cached: the whole file is read, and every phone summed. */
export async function coldAggregation(context: BenchContext): Promise<Benchmark> {
  const file = join(context.folder, 'data.json');
  await writeSampleData(file, { records: context.records, phones: PHONES, seed: 1 });
  const megabytes = Math.round((await stat(file)).size / 1e6);
  return {
    name: 'cold-aggregation',
    description: `${context.records} call attempts over ${PHONES} phones, ${megabytes} MB`,
    rounds: context.rounds,
    contestants: [await ours(file, context), await wholeFile(file), await streamed(file)],
  };
}

/** With its threads up, as they are before the service says that it is ready. */
async function ours(dataFile: string, { onEnd }: BenchContext): Promise<Contestant> {
  const pool = createWorkerPool({ threads: availableParallelism(), maxQueue: 1000, log: quietLog });
  await pool.start();
  onEnd(() => pool.stop());
  return {
    name: 'switchyard',
    version: (JSON.parse(await readFile('package.json', 'utf8')) as { version: string }).version,
    async run(): Promise<PlainStats[]> {
      const aggregator = createAggregator({
        pool,
        cache: NO_CACHE,
        clock: systemClock,
        log: quietLog,
        dataFile,
      });
      const request = { phones: ASKED_FOR, period: FOR_EVER };
      const { stats } = await aggregator.aggregate(request, { signal: new AbortController().signal });
      await aggregator.stop();
      return stats.map(plainOf);
    },
  };
}

async function wholeFile(file: string): Promise<Contestant> {
  return {
    name: 'JSON.parse of the whole',
    version: `in Node ${process.version}`,
    async run(): Promise<PlainStats[]> {
      const sums = new PlainSums();
      for (const attempt of JSON.parse(await readFile(file, 'utf8')) as Attempt[]) sums.add(attempt);
      return sums.of(ASKED_FOR);
    },
  };
}

async function streamed(file: string): Promise<Contestant> {
  return {
    name: 'stream-json',
    version: await versionOf('stream-json'),
    async run(): Promise<PlainStats[]> {
      const sums = new PlainSums();
      const elements = streamArray.withParserAsStream();
      elements.on('data', ({ value }: { value: Attempt }) => sums.add(value));
      await pipeline(createReadStream(file), elements);
      return sums.of(ASKED_FOR);
    },
  };
}
