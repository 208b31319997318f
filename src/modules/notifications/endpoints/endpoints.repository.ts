import { sql } from 'kysely';
import type { Selectable } from 'kysely';
import type { Uuid } from '../../../kernel/ids.js';
import type { Tx } from '../../../kernel/tx.js';
import type { Database } from '../../../platform/db/database.js';
import type { EndpointsTable, NotificationsSchema } from '../notifications.schema.js';
import type { Endpoint, EndpointHealth, EndpointSecrets } from './endpoint.js';
import { ENDPOINT_COLUMNS, endpointFromRow, rowOfEndpoint } from './endpoints.schema.js';

/** The endpoint is not as it was read: somebody changed it meanwhile. */
export const ENDPOINT_CHANGED = 'webhooks.changed';
/** Another call with the same key made one. */
export const KEY_TAKEN = 'webhooks.key-taken';

export interface EndpointsPage {
  clientId?: string;
  enabled?: boolean;
  /** Older than this one. */
  before?: Uuid;
  limit: number;
}

export interface NewEndpoint {
  endpoint: Endpoint;
  /** Sealed. */
  secret: string;
  idempotency?: { key: string; hash: string };
}

export type EndpointsRepository = ReturnType<typeof createEndpointsRepository>;

export function createEndpointsRepository(db: Database) {
  const schema = db.schema<NotificationsSchema>();
  const kept = schema.selectFrom('webhook_endpoints').where('deleted_at', 'is', null);
  const selected = kept.select(ENDPOINT_COLUMNS);

  /** Goes first: it is the lock, too, that readers of the event log and senders take. */
  function touch(tx: Tx): void {
    db.add(
      tx,
      schema
        .updateTable('webhook_state')
        .set({ revision: sql`revision + 1` })
        .where('id', '=', 1),
    );
  }

  return {
    insert(tx: Tx, { endpoint, secret, idempotency }: NewEndpoint): void {
      touch(tx);
      const row: Selectable<EndpointsTable> = {
        ...rowOfEndpoint(endpoint),
        ...{ secret, previous_secret: null, deleted_at: null },
        idempotency_key: idempotency?.key ?? null,
        idempotency_hash: idempotency?.hash ?? null,
      };
      const insert = schema.insertInto('webhook_endpoints').values(row);
      const unlessTaken = insert.onConflict((conflict) => conflict.column('idempotency_key').doNothing());
      db.add(tx, unlessTaken, { rows: 1, otherwise: KEY_TAKEN });
    },

    /** Refuses the transaction (`ENDPOINT_CHANGED`) unless its version is the one before. */
    update(tx: Tx, endpoint: Endpoint, secrets?: EndpointSecrets): void {
      touch(tx);
      const { id, version, ...changed } = rowOfEndpoint(endpoint);
      const sealed = secrets && { secret: secrets.secret, previous_secret: secrets.previous };
      const update = schema
        .updateTable('webhook_endpoints')
        .set({ ...changed, ...sealed, version })
        .where('id', '=', id)
        .where('version', '=', version - 1)
        .where('deleted_at', 'is', null);
      db.add(tx, update, { rows: 1, otherwise: ENDPOINT_CHANGED });
    },

    remove(tx: Tx, { id, version }: Endpoint, now: number): void {
      touch(tx);
      const removal = schema
        .updateTable('webhook_endpoints')
        .set({ deleted_at: now, enabled: 0, idempotency_key: null })
        .where('id', '=', id)
        .where('version', '=', version)
        .where('deleted_at', 'is', null);
      db.add(tx, removal, { rows: 1, otherwise: ENDPOINT_CHANGED });
    },

    async get(id: Uuid): Promise<Endpoint | undefined> {
      const row = await selected.where('id', '=', id).executeTakeFirst();
      return row && endpointFromRow(row);
    },

    async secrets(id: Uuid): Promise<EndpointSecrets | undefined> {
      const row = await kept
        .select(['secret', 'previous_secret as previous', 'previous_until as previousUntil'])
        .where('id', '=', id)
        .executeTakeFirst();
      return row;
    },

    /** Newest first. */
    async page({ clientId, enabled, before, limit }: EndpointsPage): Promise<Endpoint[]> {
      let query = selected.orderBy('id', 'desc').limit(limit);
      if (clientId !== undefined) query = query.where('client_id', '=', clientId);
      if (enabled !== undefined) query = query.where('enabled', '=', enabled ? 1 : 0);
      if (before !== undefined) query = query.where('id', '<', before);
      return (await query.execute()).map(endpointFromRow);
    },

    async count(): Promise<number> {
      const row = await kept.select((eb) => eb.fn.countAll<number>().as('count')).executeTakeFirstOrThrow();
      return row.count;
    },

    /** All that are enabled. */
    async enabled(): Promise<Endpoint[]> {
      return (await selected.where('enabled', '=', 1).execute()).map(endpointFromRow);
    },

    /** The endpoint that a call with this key made, and the hash of that call's body. */
    async findKey(key: string): Promise<{ id: Uuid; hash: string | null; createdAt: number } | undefined> {
      return kept
        .select(['id', 'idempotency_hash as hash', 'created_at as createdAt'])
        .where('idempotency_key', '=', key)
        .executeTakeFirst();
    },

    /** The key is free again. */
    forgetKey(tx: Tx, key: string): void {
      const update = schema.updateTable('webhook_endpoints').set({ idempotency_key: null });
      db.add(tx, update.where('idempotency_key', '=', key));
    },

    async health(ids: readonly Uuid[]): Promise<Map<Uuid, EndpointHealth>> {
      if (ids.length === 0) return new Map();
      const rows = await schema
        .selectFrom('webhook_health')
        .selectAll()
        .where('endpoint_id', 'in', ids)
        .execute();
      return new Map(rows.map((row) => [row.endpoint_id, healthOf(row)]));
    },

    setHealth(tx: Tx, id: Uuid, health: EndpointHealth): void {
      const told = {
        failing_since: health.failingSince,
        last_success_at: health.lastSuccessAt,
        last_failure_at: health.lastFailureAt,
        last_error: health.lastError,
      };
      const insert = schema.insertInto('webhook_health').values({ endpoint_id: id, ...told });
      db.add(
        tx,
        insert.onConflict((conflict) => conflict.column('endpoint_id').doUpdateSet(told)),
      );
    },
  };
}

function healthOf(row: NotificationsSchema['webhook_health']): EndpointHealth {
  return {
    failingSince: row.failing_since,
    lastSuccessAt: row.last_success_at,
    lastFailureAt: row.last_failure_at,
    lastError: row.last_error,
  };
}
