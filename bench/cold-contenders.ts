import { createReadStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { pipeline } from 'node:stream/promises';
import { DuckDBInstance } from '@duckdb/node-api';
import streamArray from 'stream-json/streamers/stream-array.js';
import { systemClock } from '../src/kernel/clock.js';
import { createAggregator } from '../src/modules/reports/aggregator.js';
import { createWorkerPool } from '../src/platform/worker-pool/create-worker-pool.js';
import { scanGenerally } from './general-scan.js';
import { type Attempt, PlainSums, type PlainStats, plainOf } from './plain-sums.js';
import { quietLog } from './quiet-log.js';

export const ASKED_FOR = [0, 1, 17, 199];

/** A pass over the whole file, for every phone; gives what was asked for. */
export type Pass = () => Promise<PlainStats[]>;

export interface Opened {
  pass: Pass;
  close?: () => Promise<void>;
}

/** What stands ready before a pass is measured: threads, an empty database. */
export type Contender = (file: string) => Promise<Opened> | Opened;

export const CONTENDERS: Record<string, Contender> = {
  switchyard: ours,
  'switchyard, general path alone': (file) => ({ pass: () => scanGenerally(file, ASKED_FOR) }),
  'DuckDB, array, 2 threads': duckDb('array', 2),
  'DuckDB, array, 2 threads, types told': duckDb('array', 2, true),
  'DuckDB, array, 1 thread': duckDb('array', 1),
  'DuckDB, NDJSON, 2 threads': duckDb('newline_delimited', 2),
  'DuckDB, NDJSON, 1 thread': duckDb('newline_delimited', 1),
  'JSON.parse of the whole': (file) => ({ pass: () => wholeFile(file) }),
  'stream-json': (file) => ({ pass: () => streamed(file) }),
};

const NO_CACHE = {
  get: () => Promise.resolve(undefined),
  getMany: (keys: readonly string[]) => Promise.resolve(keys.map(() => undefined)),
  set: () => Promise.resolve(false),
};

/** All that a report does when nothing is cached, with the threads up as they are in a running service. */
async function ours(dataFile: string): Promise<Opened> {
  const pool = createWorkerPool({ threads: availableParallelism(), maxQueue: 1000, log: quietLog });
  await pool.start();
  const pass = async (): Promise<PlainStats[]> => {
    const clock = systemClock;
    const aggregator = createAggregator({ pool, cache: NO_CACHE, clock, log: quietLog, dataFile });
    const request = { phones: ASKED_FOR, period: { fromMs: null, toMs: null } };
    const { stats } = await aggregator.aggregate(request, { signal: new AbortController().signal });
    await aggregator.stop();
    return stats.map(plainOf);
  };
  return { pass, close: () => pool.stop() };
}

function duckDb(format: 'array' | 'newline_delimited', threads: number, typesTold = false): Contender {
  return async (file) => {
    const instance = await DuckDBInstance.create(':memory:', { threads: String(threads) });
    const connection = await instance.connect();
    const sql = queryOf(file, format, typesTold);
    return {
      async pass() {
        const reader = await connection.runAndReadAll(sql);
        const rows = reader.getRows().map((row) => plainRow(row.map(Number)));
        return ASKED_FOR.flatMap((phone) => rows.find((row) => row.phone === phone) ?? []);
      },
    };
  };
}

function queryOf(file: string, format: string, typesTold: boolean): string {
  const types = typesTold ? ", columns = {phone: 'BIGINT', start_date: 'BIGINT', end_date: 'BIGINT'}" : '';
  return `
    select phone, count(*), count(*) filter (ms <= 10000), count(*) filter (ms > 10000 and ms <= 30000),
      count(*) filter (ms > 30000), min(ms), max(ms), sum(ms), coalesce(sum(ms) filter (ms > 15000), 0)
    from (select phone, end_date - start_date as ms from read_json('${file}', format = '${format}'${types}))
    group by phone`;
}

function plainRow(row: readonly number[]): PlainStats {
  const [phone, attempts, upTo10s, from10To30s, over30s, minMs, maxMs, sumMs, sumOver15sMs] = row as [
    number,
    number,
    number,
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  return { phone, attempts, upTo10s, from10To30s, over30s, minMs, maxMs, sumMs, sumOver15sMs };
}

async function wholeFile(file: string): Promise<PlainStats[]> {
  const sums = new PlainSums();
  for (const attempt of JSON.parse(await readFile(file, 'utf8')) as Attempt[]) sums.add(attempt);
  return sums.of(ASKED_FOR);
}

async function streamed(file: string): Promise<PlainStats[]> {
  const sums = new PlainSums();
  const elements = streamArray.withParserAsStream();
  elements.on('data', ({ value }: { value: Attempt }) => sums.add(value));
  await pipeline(createReadStream(file), elements);
  return sums.of(ASKED_FOR);
}
