import { sql } from 'kysely';
import type { Selectable } from 'kysely';
import type { Uuid } from '../../../kernel/ids.js';
import type { Database } from '../../../platform/db/database.js';
import type { DeliveriesTable, NotificationsSchema } from '../notifications.schema.js';
import type { Attempt, Delivery, DeliveryState } from './delivery.js';
import type { Lane } from './deliveries.repository.js';

export interface DeliveriesPage {
  endpointId?: Uuid;
  state?: DeliveryState;
  eventType?: string;
  subject?: string;
  /** Epoch ms. */
  fromMs?: number;
  toMs?: number;
  /** Older than this one. */
  before?: { createdAt: number; seq: number };
  limit: number;
}

/** A delivery that may be sent now, with what is sent. */
export interface DueDelivery {
  seq: number;
  id: Uuid;
  endpointId: Uuid;
  eventId: string;
  eventType: string;
  subject: string;
  attempts: number;
  tries: number;
  createdAt: number;
  body: string;
}

export type DeliveriesQueries = ReturnType<typeof createDeliveriesQueries>;

const MOST_ATTEMPTS = 100;

export function createDeliveriesQueries(db: Database) {
  const schema = db.schema<NotificationsSchema>();
  const all = schema.selectFrom('webhook_deliveries');

  function filtered({ endpointId, state, eventType, subject, fromMs, toMs }: Omit<DeliveriesPage, 'limit'>) {
    let query = all;
    if (endpointId !== undefined) query = query.where('endpoint_id', '=', endpointId);
    // As a literal, so that the indexes of single states can be used.
    if (state !== undefined) query = query.where('state', '=', sql.lit(state));
    if (eventType !== undefined) query = query.where('event_type', '=', eventType);
    if (subject !== undefined) query = query.where('subject', '=', subject);
    if (fromMs !== undefined) query = query.where('created_at', '>=', fromMs);
    if (toMs !== undefined) query = query.where('created_at', '<', toMs);
    return query;
  }

  return {
    async get(id: Uuid): Promise<Delivery | undefined> {
      const row = await all.selectAll().where('id', '=', id).executeTakeFirst();
      return row && deliveryFromRow(row);
    },

    /** Newest first. */
    async page(page: DeliveriesPage): Promise<Delivery[]> {
      let query = filtered(page).selectAll().limit(page.limit);
      const { before } = page;
      if (before) {
        const older = sql<boolean>`(created_at, seq) < (${before.createdAt}, ${before.seq})`;
        query = query.where(older);
      }
      const rows = await query.orderBy('created_at', 'desc').orderBy('seq', 'desc').execute();
      return rows.map(deliveryFromRow);
    },

    /** The newest of all endpoints. */
    async newest(limit: number): Promise<Delivery[]> {
      return (await all.selectAll().orderBy('seq', 'desc').limit(limit).execute()).map(deliveryFromRow);
    },

    /** Ended ones of a range of time, oldest first, after `after`. */
    async ended(page: DeliveriesPage & { after: number }): Promise<(Lane & { seq: number })[]> {
      return filtered(page)
        .select(['seq', 'endpoint_id as endpointId', 'subject'])
        .where('state', '<>', 'pending')
        .where('seq', '>', page.after)
        .orderBy('seq')
        .limit(page.limit)
        .execute();
    },

    async bodyOf(eventId: string): Promise<string | undefined> {
      const query = schema.selectFrom('webhook_messages').select('body').where('event_id', '=', eventId);
      return (await query.executeTakeFirst())?.body;
    },

    /** The newest 100, oldest first. */
    async attempts(seq: number): Promise<Attempt[]> {
      const rows = await schema
        .selectFrom('webhook_attempts')
        .select(['number', 'at', 'duration_ms as durationMs', 'status', 'error', 'excerpt'])
        .where('delivery_seq', '=', seq)
        .orderBy('number', 'desc')
        .limit(MOST_ATTEMPTS)
        .execute();
      return rows.reverse();
    },

    /** Of each enabled webhook when its next delivery is due; those with none are left out. */
    async agenda(): Promise<{ endpointId: Uuid; dueAt: number }[]> {
      const next = sql<number | null>`(select min(d.due_at) from webhook_deliveries d
        where d.endpoint_id = webhook_endpoints.id and d.head = 1)`;
      const rows = await schema
        .selectFrom('webhook_endpoints')
        .select(['id as endpointId', next.as('dueAt')])
        .where('enabled', '=', 1)
        .where('channel', '=', 'webhook')
        .execute();
      return rows.filter((row): row is typeof row & { dueAt: number } => row.dueAt !== null);
    },

    /** What may be sent to an endpoint now, the longest due first. */
    async due(endpointId: Uuid, now: number, limit: number): Promise<DueDelivery[]> {
      return schema
        .selectFrom('webhook_deliveries as d')
        .innerJoin('webhook_messages as m', 'm.event_id', 'd.event_id')
        .select(['d.seq', 'd.id', 'd.endpoint_id as endpointId', 'd.event_id as eventId'])
        .select(['d.event_type as eventType', 'd.subject'])
        .select(['d.attempts', 'd.tries', 'd.created_at as createdAt', 'm.body'])
        .where('d.endpoint_id', '=', endpointId)
        .where('d.head', '=', sql.lit(1))
        .where('d.due_at', '<=', now)
        .orderBy('d.due_at')
        .orderBy('d.seq')
        .limit(limit)
        .execute();
    },

    /** Deliveries that wait, counted no further than `most`. */
    async countPending(most: number): Promise<number> {
      const pending = all.select('seq').where('state', '=', sql.lit('pending')).limit(most);
      const row = await schema
        .selectFrom(pending.as('pending'))
        .select((eb) => eb.fn.countAll<number>().as('count'))
        .executeTakeFirstOrThrow();
      return row.count;
    },

    /** The oldest deliveries made before `before`, whatever became of them. */
    async old(before: number, limit: number): Promise<(Lane & { seq: number })[]> {
      const oldest = all
        .select(['seq', 'endpoint_id as endpointId', 'subject', 'created_at'])
        .orderBy('seq')
        .limit(limit);
      return schema
        .selectFrom(oldest.as('oldest'))
        .select(['seq', 'endpointId', 'subject'])
        .where('created_at', '<', before)
        .execute();
    },
  };
}

function deliveryFromRow(row: Selectable<DeliveriesTable>): Delivery {
  return {
    seq: row.seq,
    id: row.id,
    endpointId: row.endpoint_id,
    eventId: row.event_id,
    eventType: row.event_type,
    subject: row.subject,
    state: row.state,
    isHead: row.head === 1,
    dueAt: row.due_at,
    attempts: row.attempts,
    lastStatus: row.last_status,
    lastError: row.last_error,
    createdAt: row.created_at,
    endedAt: row.ended_at,
  };
}
