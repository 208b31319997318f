import { sql } from 'kysely';
import type { RawBuilder } from 'kysely';
import type { Uuid } from '../../../kernel/ids.js';
import type { Tx } from '../../../kernel/tx.js';
import type { Database, StatementRef } from '../../../platform/db/database.js';
import type { NotificationsSchema } from '../notifications.schema.js';
import type { Attempt, DeliveryState } from './delivery.js';

/** Another process read the log, or an endpoint was changed, since the state was read. */
export const STATE_MOVED = 'notifications.state-moved';

export type Reader = 'position' | 'scheduled_position';

export interface NewDelivery {
  id: Uuid;
  endpointId: Uuid;
  eventId: string;
  eventType: string;
  subject: string;
  /** `delivered`: it needs no sending of ours. */
  state: 'pending' | 'delivered';
}

/** The deliveries of one subject to one endpoint, which go one after the other. */
export interface Lane {
  endpointId: Uuid;
  subject: string;
}

/** What an attempt made of a delivery. */
export interface Settled extends Attempt, Lane {
  seq: number;
  state: DeliveryState;
  tries: number;
  dueAt: number;
}

export type DeliveriesRepository = ReturnType<typeof createDeliveriesRepository>;

/**
 * The statements that change deliveries; each takes a list as JSON, so that a batch is a handful of statements. Those
 * that decide who is the head of a lane stand in transactions that begin with `lock` or `advance`: on PostgreSQL they
 * go one after the other so, as they do on SQLite by themselves.
 */
export function createDeliveriesRepository(db: Database) {
  const schema = db.schema<NotificationsSchema>();
  const isSqlite = db.dialect === 'sqlite';

  /** The items of a JSON array as rows `j` with `value`, in the order of `key`. */
  const each = (items: readonly unknown[]): RawBuilder<unknown> => {
    const json = JSON.stringify(items);
    return isSqlite
      ? sql`json_each(${json}) as j`
      : sql`jsonb_array_elements(${json}::jsonb) with ordinality as j(value, key)`;
  };

  return {
    /** Goes first. */
    lock(tx: Tx): void {
      if (!isSqlite) db.add(tx, sql`select id from webhook_state where id = 1 for update`.compile(schema));
    },

    state(): Promise<NotificationsSchema['webhook_state']> {
      return schema.selectFrom('webhook_state').selectAll().executeTakeFirstOrThrow();
    },

    /** Goes first. Moves a reader on; refuses the transaction (`STATE_MOVED`) unless all is as it was read. */
    advance(tx: Tx, reader: Reader, from: number, to: number, revision: number): void {
      const update = schema
        .updateTable('webhook_state')
        .set({ [reader]: to })
        .where('id', '=', 1)
        .where(reader, '=', from)
        .where('revision', '=', revision);
      db.add(tx, update, { rows: 1, otherwise: STATE_MOVED });
    },

    addMessages(tx: Tx, messages: readonly { eventId: string; body: string }[], now: number): void {
      const rows = messages.map(({ eventId, body }) => [eventId, body]);
      db.add(
        tx,
        sql`insert into webhook_messages (event_id, body, created_at)
            select j.value ->> 0, j.value ->> 1, ${sql.lit(now)} from ${each(rows)} where true
            on conflict (event_id) do nothing`.compile(schema),
      );
    },

    /** In this order. To be followed by `promote`. */
    add(tx: Tx, deliveries: readonly NewDelivery[], now: number): void {
      const rows = deliveries.map((one) => [
        ...[one.id, one.endpointId, one.eventId, one.eventType, one.subject],
        ...[one.state, one.state === 'pending' ? null : now],
      ]);
      db.add(
        tx,
        sql`insert into webhook_deliveries (id, endpoint_id, event_id, event_type, subject, state, ended_at,
              head, due_at, attempts, tries, created_at)
            select j.value ->> 0, j.value ->> 1, j.value ->> 2, j.value ->> 3, j.value ->> 4, j.value ->> 5,
              cast(j.value ->> 6 as bigint), 0, ${sql.lit(now)}, 0, 0, ${sql.lit(now)}
            from ${each(rows)} order by j.key`.compile(schema),
      );
    },

    /** Of each lane without a head, the first that is pending becomes it; gives their endpoints. */
    promote(tx: Tx, lanes: readonly Lane[]): StatementRef<{ endpoint_id: Uuid }> {
      const rows = distinct(lanes).map(({ endpointId, subject }) => [endpointId, subject]);
      return db.add<{ endpoint_id: Uuid }>(
        tx,
        sql<{ endpoint_id: Uuid }>`update webhook_deliveries set head = 1
            where head = 0 and seq in (
              select (select min(d.seq) from webhook_deliveries d where d.endpoint_id = j.value ->> 0
                        and d.subject = j.value ->> 1 and d.state = 'pending')
              from ${each(rows)})
            and not exists (select 1 from webhook_deliveries h where h.endpoint_id = webhook_deliveries.endpoint_id
                        and h.subject = webhook_deliveries.subject and h.head = 1)
            returning endpoint_id`.compile(schema),
      );
    },

    /** What attempts made of deliveries; of one that somebody else has settled since, nothing. */
    settle(tx: Tx, settled: readonly Settled[]): void {
      const rows = settled.map((one) => [
        ...[one.seq, one.number - 1, one.state, one.state === 'pending' ? 1 : 0, one.tries, one.dueAt],
        ...[one.status, one.error, one.state === 'pending' ? null : one.at + one.durationMs],
      ]);
      db.add(
        tx,
        sql`update webhook_deliveries set state = r.state, head = r.head, attempts = attempts + 1, tries = r.tries,
              due_at = r.due_at, last_status = r.status, last_error = r.error, ended_at = r.ended_at
            from (select cast(j.value ->> 0 as bigint) as seq, cast(j.value ->> 1 as integer) as made,
                    j.value ->> 2 as state, cast(j.value ->> 3 as integer) as head,
                    cast(j.value ->> 4 as integer) as tries, cast(j.value ->> 5 as bigint) as due_at,
                    cast(j.value ->> 6 as integer) as status, j.value ->> 7 as error,
                    cast(j.value ->> 8 as bigint) as ended_at
                  from ${each(rows)}) as r
            where webhook_deliveries.seq = r.seq and webhook_deliveries.attempts = r.made
              and webhook_deliveries.state = 'pending'`.compile(schema),
      );
    },

    addAttempts(tx: Tx, attempts: readonly Settled[]): void {
      const rows = attempts.map((one) => [
        ...[one.seq, one.number, one.at, one.durationMs, one.status, one.error, one.excerpt],
      ]);
      db.add(
        tx,
        sql`insert into webhook_attempts (delivery_seq, number, at, duration_ms, status, error, excerpt)
            select cast(j.value ->> 0 as bigint), cast(j.value ->> 1 as integer), cast(j.value ->> 2 as bigint),
              cast(j.value ->> 3 as integer), cast(j.value ->> 4 as integer), j.value ->> 5, j.value ->> 6
            from ${each(rows)} where true on conflict (delivery_seq, number) do nothing`.compile(schema),
      );
    },

    /** Puts deliveries on their way once more, at the beginning of the retry schedule. To be followed by `promote`. */
    resend(tx: Tx, seqs: readonly number[], now: number): StatementRef<unknown> {
      return db.add(
        tx,
        sql`update webhook_deliveries set state = 'pending', tries = 0, due_at = ${sql.lit(now)}, ended_at = null
            where seq in (select cast(j.value ->> 0 as bigint) from ${each(seqs.map((seq) => [seq]))})`.compile(
          schema,
        ),
      );
    },

    /** With their attempts. To be followed by `promote`. */
    remove(tx: Tx, seqs: readonly number[]): void {
      db.add(tx, schema.deleteFrom('webhook_attempts').where('delivery_seq', 'in', seqs));
      db.add(tx, schema.deleteFrom('webhook_deliveries').where('seq', 'in', seqs));
    },

    /** Messages made before `before` that no delivery has any more; returns how many, at most `limit`. */
    async removeMessages(before: number, limit: number): Promise<number> {
      const tx = db.begin();
      const old = schema
        .selectFrom('webhook_messages')
        .select('event_id')
        .where('created_at', '<', before)
        .orderBy('created_at')
        .limit(limit);
      const removal = db.add(tx, schema.deleteFrom('webhook_messages').where('event_id', 'in', old));
      return (await db.commit(tx)).changes(removal);
    },
  };
}

function distinct(lanes: readonly Lane[]): Lane[] {
  return [...new Map(lanes.map((lane) => [`${lane.endpointId} ${lane.subject}`, lane])).values()];
}
