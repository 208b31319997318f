import type { DatabaseTruth } from '../torture/database-truth.js';

/** An event as the service's log has it. */
export interface StoredEvent {
  /** What it is known by outside. */
  id: string;
  type: string;
  subject: string;
  /** JSON. */
  data: string;
}

/** The events of some types in the order of the log. */
export async function storedEvents(tables: DatabaseTruth, types: readonly string[]): Promise<StoredEvent[]> {
  const position = tables.dialect === 'sqlite' ? 'id' : 'position';
  const list = types.map((type) => `'${type}'`).join(', ');
  const rows = await tables.rows<Omit<StoredEvent, 'id'> & { id: number | string }>(
    `select ${position} as id, type, subject, data from events where type in (${list}) order by ${position}`,
  );
  return rows.map((row) => ({ ...row, id: String(row.id) }));
}
