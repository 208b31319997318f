import { sql } from 'kysely';
import type { Database } from '../src/platform/db/database.js';
import { brokerMigrations } from '../src/platform/broker/index.js';
import { eventMigrations } from '../src/platform/events/events.migrations.js';
import { taskMigrations } from '../src/modules/tasks/index.js';
import { firstUuidAt } from '../src/kernel/ids.js';
import type { Uuid } from '../src/kernel/ids.js';

const AT_ONCE = 20_000;
/** One task a second. */
export const FIRST_AT = 1_790_000_000_000;
const STEP_MS = 1_000;

/** The id of task `i`. */
export function idOf(i: number): Uuid {
  return firstUuidAt(FIRST_AT + i * STEP_MS);
}

/**
 * Fills a fresh database with `count` ended tasks, by the database itself. Each asks for three of 200 phones; 5 % failed, 2 %
 * were cancelled, 10 % are `high` and came by REST alone, every second one is under `phone:1000`.
 */
export async function fillLedger(
  db: Database,
  count: number,
  onFilled: (share: number) => void,
): Promise<void> {
  await db.migrate([...eventMigrations, ...brokerMigrations, ...taskMigrations]);
  for (let from = 0; from < count; from += AT_ONCE) {
    const to = Math.min(from + AT_ONCE, count);
    const tx = db.begin();
    for (const statement of statementsFor(db.dialect, from, to)) {
      db.add(tx, sql.raw(statement).compile(db.schema<unknown>()));
    }
    await db.commit(tx);
    onFilled(to / count);
  }
}

function statementsFor(dialect: Database['dialect'], from: number, to: number): string[] {
  const numbers =
    dialect === 'sqlite'
      ? `with recursive n(i) as (select ${from} union all select i + 1 from n where i + 1 < ${to})`
      : `with n(i) as (select generate_series(${from}::bigint, ${to - 1}))`;
  const ms = `(${FIRST_AT} + i * ${STEP_MS})`;
  const id =
    dialect === 'sqlite'
      ? `printf('%08x-%04x-7000-8000-000000000000', ${ms} >> 16, ${ms} & 65535)`
      : `lpad(to_hex(${ms} >> 16), 8, '0') || '-' || lpad(to_hex(${ms} & 65535), 4, '0') || '-7000-8000-000000000000'`;
  const mixed = '((i * 7919) % 1000)';
  const state = `case when ${mixed} < 50 then 'error' when ${mixed} < 70 then 'cancelled' else 'completed' end`;
  const failed = `${mixed} < 50`;
  const type = `case when i % 100 = 0 then 'rates.fetch' when i % 10 = 1 then 'equipment.configure' else 'aggregate_calls' end`;
  const source = `case when i % 2 = 0 then 'rest' else 'queue' end`;
  const priority = `case when i % 10 = 2 then 8 when i % 10 = 3 then 2 else 5 end`;
  const words = [`'word:timeout'`, `'word:device'`, `'word:d' || (i % 5000)`];
  const keys = [
    `'phone:' || (i % 200)`,
    `'phone:' || ((i * 31 + 7) % 200)`,
    `'phone:' || ((i * 17 + 3) % 200)`,
  ];
  return [
    `${numbers} insert into tasks (id, type, state, priority, created_at, not_before, deadline_at, started_at, ended_at,
        attempt, payload, view_head, correlation_id, correlation_key, source, created_by, error_code, error_message,
        request_id, traceparent)
      select ${id}, ${type}, ${state}, ${priority}, ${ms}, ${ms}, ${ms} + 600000, ${ms}, ${ms} + 900, 1,
        '{"phones":[1,2,3],"period":{"fromMs":null,"toMs":null}}', '"task_id":""', '"job-' || i || '"', 'job-' || i,
        ${source}, 'bench', case when ${failed} then 'equipment.timeout' end,
        case when ${failed} then 'timeout: device d' || (i % 5000) end, 'bench', 'bench' from n`,
    ...keys.map(
      (key) => `${numbers} insert into task_keys (key, task_id) select ${key}, ${id} from n
        where true on conflict do nothing`,
    ),
    `${numbers} insert into task_keys (key, task_id) select 'phone:1000', ${id} from n where i % 2 = 0`,
    ...words.map(
      (word) =>
        `${numbers} insert into task_keys (key, task_id) select ${word}, ${id} from n where ${failed}`,
    ),
  ];
}
