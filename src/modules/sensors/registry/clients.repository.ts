import type { Selectable } from 'kysely';
import type { Tx } from '../../../kernel/tx.js';
import type { Database } from '../../../platform/db/database.js';
import type { ClientRow, SensorsSchema } from '../sensors.schema.js';
import type { Client } from './client.js';
import { CLIENT_CHANGED, CLIENT_GONE, NAME_TAKEN } from './refusals.js';

export type ClientsRepository = ReturnType<typeof createClientsRepository>;

export function createClientsRepository(db: Database) {
  const schema = db.schema<SensorsSchema>();
  const present = schema.selectFrom('clients').selectAll().where('deleted_at', 'is', null);

  const ownSensors = (id: string) =>
    schema.selectFrom('sensors').select('id').where('client_id', '=', id).where('deleted_at', 'is', null);

  return {
    insert(tx: Tx, { id, name, version, createdAt, createdBy }: Client): void {
      const row = { id, name, version, created_at: createdAt, created_by: createdBy, deleted_at: null };
      const insert = schema
        .insertInto('clients')
        .values(row)
        .onConflict((conflict) => conflict.doNothing());
      db.add(tx, insert, { rows: 1, otherwise: NAME_TAKEN });
    },

    async get(id: string): Promise<Client | undefined> {
      const row = await present.where('id', '=', id).executeTakeFirst();
      return row && toClient(row);
    },

    /** Oldest first, after the id. */
    async list(page: { after?: string; limit: number; name?: string; id?: string }): Promise<Client[]> {
      let query = present.orderBy('id').limit(page.limit);
      if (page.after !== undefined) query = query.where('id', '>', page.after);
      if (page.name !== undefined) query = query.where('name', '=', page.name);
      if (page.id !== undefined) query = query.where('id', '=', page.id);
      return (await query.execute()).map(toClient);
    },

    /** Of that version alone; the name must be free. */
    async isNameFree(name: string, but: string): Promise<boolean> {
      const other = present.where('name', '=', name).where('id', '!=', but);
      return (await other.executeTakeFirst()) === undefined;
    },

    rename(tx: Tx, { id, version }: Client, name: string): void {
      const update = schema
        .updateTable('clients')
        .set({ name, version: version + 1 })
        .where('id', '=', id)
        .where('version', '=', version)
        .where('deleted_at', 'is', null);
      db.add(tx, update, { rows: 1, otherwise: CLIENT_CHANGED });
    },

    /** One that has no sensors. */
    remove(tx: Tx, { id, version }: Client, at: number): void {
      const update = schema
        .updateTable('clients')
        .set({ deleted_at: at })
        .where('id', '=', id)
        .where('version', '=', version)
        .where('deleted_at', 'is', null)
        .where((eb) => eb.not(eb.exists(ownSensors(id))));
      db.add(tx, update, { rows: 1, otherwise: CLIENT_CHANGED });
    },

    /** Fails the transaction unless the client is there, and keeps it there until the end of it. */
    hold(tx: Tx, id: string): void {
      const found = schema.selectFrom('clients').select('id').where('id', '=', id);
      const held = found.where('deleted_at', 'is', null);
      const statement = db.dialect === 'postgres' ? held.forShare() : held;
      db.add(tx, statement, { rows: 1, otherwise: CLIENT_GONE });
    },
  };
}

function toClient(row: Selectable<ClientRow>): Client {
  const { id, name, version, created_at: createdAt, created_by: createdBy } = row;
  return { id, name, version, createdAt, createdBy };
}
