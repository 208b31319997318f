import type { KeyvSqlite } from '@keyv/sqlite';
import { STAMP_DIGITS, stampOf } from './stamped-value.js';

const ROWS_AT_ONCE = 100;
const STAMP = `substr(value, 1, ${STAMP_DIGITS})`;
const SOONEST = `SELECT key FROM keyv ORDER BY ${STAMP} LIMIT ${ROWS_AT_ONCE}`;
const EXPIRED = `SELECT key FROM keyv WHERE ${STAMP} < ? ORDER BY ${STAMP} LIMIT ${ROWS_AT_ONCE}`;
const USED_BYTES = `SELECT (page_count - freelist_count) * page_size AS bytes
  FROM pragma_page_count(), pragma_freelist_count(), pragma_page_size()`;

/** Settings that hold for a connection, and the index by expiry. */
export async function prepareTable(store: KeyvSqlite): Promise<void> {
  await store.query('PRAGMA journal_mode = WAL');
  await store.query('PRAGMA synchronous = NORMAL');
  await store.query('PRAGMA journal_size_limit = 16777216');
  await store.query(`CREATE INDEX IF NOT EXISTS keyv_expiry ON keyv (${STAMP})`);
}

/** Deletes what has expired, and what expires soonest where the rest is over `maxBytes`; 100 rows a statement. */
export async function tidy(store: KeyvSqlite, nowMs: number, maxBytes: number): Promise<void> {
  let deleted: number;
  do deleted = await deleteRows(store, EXPIRED, stampOf(nowMs));
  while (deleted > 0);
  while ((await usedBytes(store)) > maxBytes && (await deleteRows(store, SOONEST)) > 0);
}

async function deleteRows(store: KeyvSqlite, which: string, ...values: string[]): Promise<number> {
  const rows: unknown = await store.query(
    `DELETE FROM keyv WHERE key IN (${which}) RETURNING key`,
    ...values,
  );
  return (rows as unknown[]).length;
}

async function usedBytes(store: KeyvSqlite): Promise<number> {
  const rows: unknown = await store.query(USED_BYTES);
  return (rows as { bytes: number }[])[0]!.bytes;
}
