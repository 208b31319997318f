import { sql } from 'kysely';
import type { Uuid } from '../../../kernel/ids.js';
import type { Tx } from '../../../kernel/tx.js';
import type { Database } from '../../../platform/db/database.js';
import { chatOf } from './alert.js';
import type { Alert, AlertState, Channel } from './alert.js';
import type { AlertsSchema, AlertsTable } from './alerts.schema.js';

export interface AlertFilter {
  pair?: string | undefined;
  state?: AlertState | undefined;
  chatId?: string | undefined;
}

/** Why a transaction was refused: another alert of the chat took the number meanwhile. */
export const NUMBER_TAKEN = 'rates.alert-number-taken';
/** The alert changed, or is gone. */
export const ALERT_CHANGED = 'rates.alert-changed';

export type AlertsRepository = ReturnType<typeof createAlertsRepository>;

export function createAlertsRepository(db: Database) {
  const schema = db.schema<AlertsSchema>();

  return {
    /** The transaction is refused (`NUMBER_TAKEN`) where the chat has an alert of this number. */
    add(tx: Tx, alert: Alert): void {
      const insert = schema.insertInto('rate_alerts').values(rowOf(alert));
      db.add(
        tx,
        insert.onConflict((conflict) => conflict.doNothing()),
        { rows: 1, otherwise: NUMBER_TAKEN },
      );
    },

    /** Sets what changes with the state; refused (`ALERT_CHANGED`) unless it is as `from` was. */
    change(tx: Tx, from: Alert, to: Alert): void {
      const { state, firedAt, firedValue, firedCount, version } = to;
      const update = schema
        .updateTable('rate_alerts')
        .set({ state, fired_at: firedAt, fired_value: firedValue, fired_count: firedCount, version })
        .where('id', '=', from.id)
        .where('version', '=', from.version);
      db.add(tx, update, { rows: 1, otherwise: ALERT_CHANGED });
    },

    /** Refused (`ALERT_CHANGED`) unless it is as it was. */
    remove(tx: Tx, { id, version }: Pick<Alert, 'id' | 'version'>): void {
      const removal = schema.deleteFrom('rate_alerts').where('id', '=', id).where('version', '=', version);
      db.add(tx, removal, { rows: 1, otherwise: ALERT_CHANGED });
    },

    async get(id: Uuid): Promise<Alert | undefined> {
      const row = await schema.selectFrom('rate_alerts').selectAll().where('id', '=', id).executeTakeFirst();
      return row && alertOf(row);
    },

    /** Those of them that there are. */
    async byIds(ids: readonly Uuid[]): Promise<Alert[]> {
      return (await schema.selectFrom('rate_alerts').selectAll().where('id', 'in', ids).execute()).map(
        alertOf,
      );
    },

    /** Newest first, those before an id. */
    async list(filter: AlertFilter, limit: number, before?: Uuid): Promise<Alert[]> {
      let found = schema.selectFrom('rate_alerts').selectAll();
      if (filter.pair !== undefined) found = found.where('pair', '=', filter.pair);
      if (filter.state !== undefined) found = found.where('state', '=', filter.state);
      if (filter.chatId !== undefined) found = found.where('chat_id', '=', filter.chatId);
      if (before !== undefined) found = found.where('id', '<', before);
      return (await found.orderBy('id', 'desc').limit(limit).execute()).map(alertOf);
    },

    /** Of one chat, by number. */
    async ofChat(chatId: string): Promise<Alert[]> {
      const rows = await schema
        .selectFrom('rate_alerts')
        .selectAll()
        .where('chat_id', '=', chatId)
        .orderBy('number')
        .execute();
      return rows.map(alertOf);
    },

    async count(): Promise<number> {
      const row = await schema
        .selectFrom('rate_alerts')
        .select(sql<number>`count(*)`.as('count'))
        .executeTakeFirstOrThrow();
      return row.count;
    },
  };
}

function rowOf(alert: Alert): AlertsTable {
  return {
    id: alert.id,
    pair: alert.pair,
    op: alert.op,
    value: alert.value,
    window_s: alert.windowS,
    channels: JSON.stringify(alert.channels),
    chat_id: chatOf(alert.channels),
    number: alert.number,
    state: alert.state,
    fired_at: alert.firedAt,
    fired_value: alert.firedValue,
    fired_count: alert.firedCount,
    created_at: alert.createdAt,
    created_by: alert.createdBy,
    version: alert.version,
  };
}

function alertOf(row: AlertsTable): Alert {
  return {
    id: row.id,
    pair: row.pair,
    op: row.op,
    value: row.value,
    windowS: row.window_s,
    channels: JSON.parse(row.channels) as Channel[],
    number: row.number,
    state: row.state,
    firedAt: row.fired_at,
    firedValue: row.fired_value,
    firedCount: row.fired_count,
    createdAt: row.created_at,
    createdBy: row.created_by,
    version: row.version,
  };
}
