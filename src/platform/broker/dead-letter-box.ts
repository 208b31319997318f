import { firstUuidAt } from '../../kernel/ids.js';
import type { Uuid } from '../../kernel/ids.js';
import type { Tx } from '../../kernel/tx.js';
import type { Database } from '../db/database.js';
import type { BrokerTables, DeadLetterRow } from './broker-tables.js';
import type { DeadLetterBox, NewDeadLetter } from './dead-letters.js';
import { jsonOf, withoutNul } from './storable-text.js';

/** A dead letter as it is listed; `get` adds the body. */
export interface DeadLetter extends Omit<NewDeadLetter, 'headers' | 'body'> {
  /** JSON text. */
  headers: string | null;
  status: 'waiting' | 'resolved';
  resolvedAt: number | null;
  resolvedBy: string | null;
  resolution: string | null;
}

export interface DeadLetterFilter {
  /** 1 to 1,000. */
  limit: number;
  /** Only letters older than this one: the last id of the page before. */
  before?: Uuid;
  kind?: 'message' | 'task';
  source?: string;
  reason?: string;
  status?: 'waiting' | 'resolved';
}

export interface Resolution {
  at: number;
  by: string;
  /** `replayed`, `discarded`. */
  resolution: string;
}

/** The dead letters of the whole process, and what became of them. */
export interface DeadLetterStore extends DeadLetterBox {
  /** Newest first, without bodies. */
  list(filter: DeadLetterFilter): Promise<DeadLetter[]>;
  get(id: Uuid): Promise<(DeadLetter & { body: Buffer | null }) | undefined>;
  /** Marks a waiting letter in `tx`; the transaction fails as `dead-letters.not-waiting` for any other. */
  resolve(tx: Tx, id: Uuid, resolution: Resolution): void;
}

const LISTED = [
  'id',
  'kind',
  'source',
  'reason',
  'detail',
  'attempts',
  'first_at',
  'last_at',
  'task_id',
  'headers',
  'status',
  'resolved_at',
  'resolved_by',
  'resolution',
] as const;

export function createDeadLetterBox(db: Database): DeadLetterStore {
  const schema = db.schema<BrokerTables>();
  return {
    add: (tx, letter) => void db.add(tx, schema.insertInto('dead_letters').values(rowOf(letter))),
    async list(filter) {
      let query = schema.selectFrom('dead_letters').select(LISTED).orderBy('id', 'desc');
      if (filter.before) query = query.where('id', '<', filter.before);
      for (const key of ['kind', 'source', 'reason', 'status'] as const) {
        if (filter[key] !== undefined) query = query.where(key, '=', filter[key]);
      }
      const limit = Math.min(Math.max(filter.limit, 1), 1000);
      return (await query.limit(limit).execute()).map(letterOf);
    },
    async get(id) {
      const row = await schema.selectFrom('dead_letters').selectAll().where('id', '=', id).executeTakeFirst();
      return row && { ...letterOf(row), body: row.body };
    },
    resolve(tx, id, { at, by, resolution }) {
      const update = schema
        .updateTable('dead_letters')
        .set({ status: 'resolved', resolved_at: at, resolved_by: by, resolution })
        .where('id', '=', id)
        .where('status', '=', 'waiting');
      db.add(tx, update, { rows: 1, otherwise: 'dead-letters.not-waiting' });
    },
  };
}

function rowOf(letter: NewDeadLetter): DeadLetterRow {
  return {
    id: letter.id,
    kind: letter.kind,
    source: withoutNul(letter.source),
    reason: withoutNul(letter.reason),
    detail: withoutNul(letter.detail),
    attempts: letter.attempts,
    first_at: letter.firstAt,
    last_at: letter.lastAt,
    task_id: letter.taskId ?? null,
    body: letter.body ?? null,
    headers: letter.headers ? jsonOf(letter.headers) : null,
    status: 'waiting',
    resolved_at: null,
    resolved_by: null,
    resolution: null,
  };
}

function letterOf(row: Omit<DeadLetterRow, 'body'>): DeadLetter {
  return {
    id: row.id as Uuid,
    kind: row.kind,
    source: row.source,
    reason: row.reason,
    detail: row.detail,
    attempts: row.attempts,
    firstAt: row.first_at,
    lastAt: row.last_at,
    ...(row.task_id === null ? {} : { taskId: row.task_id as Uuid }),
    headers: row.headers,
    status: row.status,
    resolvedAt: row.resolved_at,
    resolvedBy: row.resolved_by,
    resolution: row.resolution,
  };
}

/** Removes at most `limit` dead letters that were put away before `olderThan` (epoch ms); returns how many. */
export async function trimDeadLetters(db: Database, olderThan: number, limit: number): Promise<number> {
  const schema = db.schema<BrokerTables>();
  // Ids are UUIDv7, so a time is a bound on them.
  const old = schema
    .selectFrom('dead_letters')
    .select('id')
    .where('id', '<', firstUuidAt(olderThan))
    .orderBy('id')
    .limit(limit);
  const tx = db.begin();
  const removal = db.add(tx, schema.deleteFrom('dead_letters').where('id', 'in', old));
  return (await db.commit(tx)).changes(removal);
}
