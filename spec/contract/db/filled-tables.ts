import { type Kysely, sql } from 'kysely';
import type { Database } from '../../../src/platform/db/database.js';

export type Row = Record<string, unknown>;

export interface Column {
  table: string;
  name: string;
  type: 'number' | 'text' | 'bytes';
  isNullable: boolean;
}

interface ColumnRow {
  table: string;
  name: string;
  type: string;
  nullable: number;
}

const NUMBERS = ['integer', 'bigint'];
const BYTES = ['blob', 'bytea'];
/** Kept by the migrations themselves. */
const MIGRATIONS = 'schema_migrations';

const SQLITE = sql<ColumnRow>`select t.name as "table", c.name as name, c.type as type, 1 - (c."notnull" or c.pk) as nullable
  from sqlite_master t join pragma_table_info(t.name) c where t.type = 'table' and t.name not like 'sqlite_%'`;
const POSTGRES = sql<ColumnRow>`select table_name as "table", column_name as name, data_type as type,
  cast(is_nullable = 'YES' as integer) as nullable from information_schema.columns where table_schema = 'public'`;

export function anyTable(db: Database): Kysely<Record<string, Row>> {
  return db.schema<Record<string, Row>>();
}

/** The columns of all tables that there are, by table. */
export async function tablesOf(db: Database): Promise<Map<string, Column[]>> {
  const { rows } = await (db.dialect === 'sqlite' ? SQLITE : POSTGRES).execute(db.schema());
  const tables = new Map<string, Column[]>();
  for (const { table, name, type, nullable } of rows) {
    if (table === MIGRATIONS) continue;
    const column = { table, name, type: kindOf(type), isNullable: nullable === 1 };
    tables.set(table, [...(tables.get(table) ?? []), column]);
  }
  return tables;
}

function kindOf(type: string): Column['type'] {
  const word = type.toLowerCase();
  if (NUMBERS.includes(word)) return 'number';
  return BYTES.includes(word) ? 'bytes' : 'text';
}

/** Words that decide what migrations do with a row; all other text is unlike any other. */
const WORDS: Readonly<Record<string, readonly string[]>> = {
  'tasks.state': ['pending', 'in_work', 'completed', 'error', 'cancelled'],
  'dead_letters.status': ['waiting', 'resolved', 'resolved'],
  'dead_letters.resolution': ['discarded', 'replayed'],
  'equipment_jobs.state': ['waiting', 'sent', 'held'],
  'telegram_messages.state': ['waiting', 'sent'],
  'webhook_deliveries.state': ['pending', 'delivered', 'failed'],
};

/** Makes rows in which no value but the words comes twice, so that no unique index is in their way. */
export class RowMaker {
  #count = 0;

  rows(columns: readonly Column[], count: number): Row[] {
    return Array.from({ length: count }, (_, row) =>
      Object.fromEntries(columns.map((column, n) => [column.name, this.#value(column, row, row + n)])),
    );
  }

  #value({ table, name, type, isNullable }: Column, row: number, turn: number): unknown {
    const words = WORDS[`${table}.${name}`];
    if (isNullable && turn % 3 === 0) return null;
    if (words) return words[row % words.length];
    const n = ++this.#count;
    if (type === 'number') return n;
    return type === 'bytes' ? Buffer.from(`bytes ${n}`) : `${name} ${n} — ё`;
  }
}

/** Writes rows as one transaction. */
export async function fill(db: Database, rows: ReadonlyMap<string, readonly Row[]>): Promise<void> {
  const tx = db.begin();
  for (const [table, some] of rows) db.add(tx, anyTable(db).insertInto(table).values(some));
  await db.commit(tx);
}

/** Those of `rows` that the table has no more, in words. */
export async function missingFrom(db: Database, table: string, rows: readonly Row[]): Promise<string[]> {
  const stored = await anyTable(db).selectFrom(table).selectAll().execute();
  const known = new Map<string, Set<string>>();
  return rows.flatMap((row) => {
    const columns = Object.keys(row).sort();
    const shape = columns.join();
    const texts = known.get(shape) ?? new Set(stored.map((one) => textOf(one, columns)));
    known.set(shape, texts);
    return texts.has(textOf(row, columns)) ? [] : [`${table} has no ${textOf(row, columns)}`];
  });
}

function textOf(row: Row, columns: readonly string[]): string {
  const values = columns.map((name) => {
    const value = row[name];
    return [name, Buffer.isBuffer(value) ? value.toString('utf8') : (value ?? null)];
  });
  return JSON.stringify(Object.fromEntries(values));
}
