import { sql } from 'kysely';
import { firstUuidAt } from '../../kernel/ids.js';
import type { Database } from '../db/database.js';
import type { BrokerTables } from './broker-tables.js';
import { actColumns, letterOf, LISTED, propertiesOf, rowOf } from './dead-letter-rows.js';
import { LETTER_NOT_WAITING } from './dead-letters.js';
import type { DeadLetterFilter, DeadLetterStore } from './dead-letters.js';

/** The store over the table `dead_letters`. */
export function createDeadLetterBox(db: Database): DeadLetterStore {
  const schema = db.schema<BrokerTables>();
  return {
    add: (tx, letter) => void db.add(tx, schema.insertInto('dead_letters').values(rowOf(letter))),
    async list({ limit, before, ...filter }) {
      let query = filteredDeadLetters(db, filter).select(LISTED).orderBy('id', 'desc');
      if (before) query = query.where('id', '<', before);
      return (await query.limit(Math.min(Math.max(limit, 1), 1001)).execute()).map(letterOf);
    },
    async get(id, mostBytes) {
      const body = mostBytes === undefined ? sql.ref('body') : sql`substr(body, 1, ${sql.lit(mostBytes)})`;
      const row = await schema
        .selectFrom('dead_letters')
        .select([...LISTED, 'headers', 'properties'])
        .select([
          body.$castTo<Buffer | null>().as('body'),
          sql<number>`coalesce(length(body), 0)`.as('bytes'),
        ])
        .where('id', '=', id)
        .executeTakeFirst();
      if (!row) return undefined;
      const { headers, body: bytes, bytes: bodyBytes } = row;
      return { ...letterOf(row), headers, properties: propertiesOf(row), body: bytes, bodyBytes };
    },
    act(tx, id, act) {
      const update = schema
        .updateTable('dead_letters')
        .set(actColumns(act))
        .where('id', '=', id)
        .where('status', '=', 'waiting');
      db.add(tx, update, { rows: 1, otherwise: LETTER_NOT_WAITING });
    },
    async countWaiting(most) {
      return schema
        .selectFrom('dead_letters')
        .select(['reason', sql<number>`count(*)`.as('count')])
        .where('status', '=', 'waiting')
        .groupBy('reason')
        .orderBy('count', 'desc')
        .orderBy('reason')
        .limit(most)
        .execute();
    },
  };
}

/** The letters that a filter finds. Ids are UUIDv7, so a time is a bound on them. */
export function filteredDeadLetters(db: Database, filter: DeadLetterFilter) {
  let query = db.schema<BrokerTables>().selectFrom('dead_letters');
  for (const key of ['kind', 'source', 'reason', 'status'] as const) {
    if (filter[key] !== undefined) query = query.where(`dead_letters.${key}`, '=', filter[key]);
  }
  if (filter.fromMs !== undefined) query = query.where('dead_letters.id', '>=', firstUuidAt(filter.fromMs));
  if (filter.toMs !== undefined) query = query.where('dead_letters.id', '<', firstUuidAt(filter.toMs));
  return query;
}

/** Removes at most `limit` dead letters that were put away before `olderThan` (epoch ms); returns how many. */
export async function trimDeadLetters(db: Database, olderThan: number, limit: number): Promise<number> {
  const schema = db.schema<BrokerTables>();
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
