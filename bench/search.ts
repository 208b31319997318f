import { join } from 'node:path';
import pg from 'pg';
import { systemClock } from '../src/kernel/clock.js';
import type { TaskFilter } from '../src/modules/tasks/index.js';
import { createTaskSearch } from '../src/modules/tasks/search.queries.js';
import type { TaskSearch } from '../src/modules/tasks/search.queries.js';
import type { Database } from '../src/platform/db/database.js';
import { createPostgresDatabase } from '../src/platform/db/postgres-database.js';
import { createSqliteDatabase } from '../src/platform/db/sqlite-database.js';
import { postgres } from '../spec/support/postgres.js';
import type { BenchContext } from './bench-context.js';
import { fillLedger, FIRST_AT, idOf } from './search-ledger.js';
import { quietLog } from './quiet-log.js';

const TASKS = 1_000_000;
const LIMIT = 100;
const TARGET_MS = 50;

/** What is asked for, in turn; `n` differs from round to round. */
const KINDS: Readonly<Record<string, (n: number) => TaskFilter>> = {
  everything: () => ({}),
  'everything, deep': (n) => ({ before: idOf(500_000 - n) }),
  status: () => ({ states: ['error'] }),
  'status that nothing has': () => ({ states: ['pending'] }),
  'status that nearly all have, deep': (n) => ({ states: ['completed'], before: idOf(1_000 + n) }),
  type: () => ({ type: 'rates.fetch' }),
  'type that nothing has': () => ({ type: 'nothing' }),
  'type and status': () => ({ type: 'rates.fetch', states: ['cancelled'] }),
  'priority and source that never meet': () => ({ priority: 'high', source: 'queue' }),
  'priority, source, type, status, deep': (n) => ({
    priority: 'high',
    source: 'rest',
    type: 'aggregate_calls',
    states: ['error'],
    before: idOf(200_000 + n),
  }),
  phone: (n) => ({ keys: [`phone:${n % 200}`] }),
  'phone, deep': (n) => ({ keys: [`phone:${n % 200}`], before: idOf(20_000) }),
  'phone and status': (n) => ({ keys: [`phone:${n % 200}`], states: ['error'] }),
  'phone and status that never meet': () => ({ keys: ['phone:1000'], type: 'equipment.configure' }),
  'phone of half of all and a rare status': () => ({ keys: ['phone:1000'], states: ['cancelled'] }),
  'two phones': (n) => ({ keys: [`phone:${n % 200}`, 'phone:1000'] }),
  'correlation id': (n) => ({ correlationKey: `job-${n * 997}` }),
  'time range': (n) => ({ fromMs: FIRST_AT + n * 1e6, toMs: FIRST_AT + (n + 50) * 1e6 }),
  'time range and status': (n) => ({
    fromMs: FIRST_AT + n * 1e6,
    toMs: FIRST_AT + (n + 50) * 1e6,
    states: ['cancelled'],
  }),
  'a word of every error': () => ({ keys: ['word:timeout'] }),
  'words of few errors': (n) => ({ keys: ['word:timeout', `word:d${(n * 20) % 5000}`] }),
  'a word that no error has': () => ({ keys: ['word:nothing'] }),
  'words, phone, type, time range': (n) => ({
    keys: ['word:timeout', 'word:device', `phone:${n % 200}`],
    type: 'aggregate_calls',
    toMs: FIRST_AT + 5e8,
  }),
};

/** The search over a million tasks, on both databases: p50 and p95 of each kind of question, a page of 100 each. */
export async function runSearchBench({ folder, rounds, onEnd }: BenchContext): Promise<void> {
  const sqlite = createSqliteDatabase({ file: join(folder, 'search.db'), clock: systemClock, log: quietLog });
  const server = await postgres();
  onEnd(() => server.stop());
  const url = await server.createDatabase();
  const postgresql = createPostgresDatabase({ url, clock: systemClock, log: quietLog, poolSize: 4 });
  for (const [name, db] of [
    ['SQLite', sqlite],
    ['PostgreSQL', postgresql],
  ] as const) {
    onEnd(() => db.stop());
    await db.start();
    await fill(name, db);
    if (db === postgresql) await vacuum(url);
    await ask(name, createTaskSearch(db), rounds * 10);
  }
}

async function fill(name: string, db: Database): Promise<void> {
  const startedAt = performance.now();
  await fillLedger(db, TASKS, () => undefined);
  console.log(`\n${name}: ${TASKS} tasks in ${Math.round((performance.now() - startedAt) / 1_000)} s`);
}

/** As its autovacuum does after a while. */
async function vacuum(url: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  await client.query('vacuum analyze');
  await client.end();
}

async function ask(name: string, search: TaskSearch, rounds: number): Promise<void> {
  const times = new Map(Object.keys(KINDS).map((kind): [string, number[]] => [kind, []]));
  const found = new Map<string, number>();
  for (let round = 0; round < rounds; round++) {
    for (const [kind, filter] of Object.entries(KINDS)) {
      const startedAt = performance.now();
      const { items } = await search.page(filter(round), LIMIT);
      times.get(kind)!.push(performance.now() - startedAt);
      found.set(kind, items.length);
    }
  }
  console.log(`${name}: ${rounds} rounds, target p95 ${TARGET_MS} ms`);
  const rows = [...times].map(
    ([kind, all]) => [kind, { found: found.get(kind), ...quantiles(all) }] as const,
  );
  console.table(Object.fromEntries(rows));
}

function quantiles(times: number[]): Record<string, number> {
  const sorted = times.sort((a, b) => a - b);
  const at = (share: number): number => Math.round(sorted[Math.ceil(sorted.length * share) - 1]! * 10) / 10;
  return { 'p50 ms': at(0.5), 'p95 ms': at(0.95), 'max ms': at(1) };
}
