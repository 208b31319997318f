import { hashOf, PHONE, STRIDE } from './phone-table.js';

/** Tables of this many rows and more are split before they are handed on, so that threads can add them up side by side. */
export const ROWS_TO_SPLIT = 1_024;
/** Parts of large tables: by the hash of the phone, as the shards are, so that each makes shards of its own. */
export const PARTS = 8;

/** The rows of some tables: as one where they are few, else in `PARTS` parts. */
export function handOn(tables: readonly Float64Array[]): Float64Array<ArrayBuffer>[] {
  const length = tables.reduce((sum, rows) => sum + rows.length, 0);
  if (length >= ROWS_TO_SPLIT * STRIDE) return splitRows(tables);
  const whole = new Float64Array(length);
  let at = 0;
  for (const rows of tables) {
    whole.set(rows, at);
    at += rows.length;
  }
  return [whole];
}

/** The rows of some tables in `PARTS` parts. */
export function splitRows(tables: readonly Float64Array[]): Float64Array<ArrayBuffer>[] {
  const parts = roomFor(tables);
  const ends = new Float64Array(PARTS);
  for (const rows of tables) {
    for (let row = 0; row < rows.length; row += STRIDE) {
      const part = hashOf(rows[row + PHONE]!) % PARTS;
      const into = parts[part]!;
      const at = ends[part]!;
      for (let field = 0; field < STRIDE; field++) into[at + field] = rows[row + field]!;
      ends[part] = at + STRIDE;
    }
  }
  return parts;
}

function roomFor(tables: readonly Float64Array[]): Float64Array<ArrayBuffer>[] {
  const lengths = new Float64Array(PARTS);
  for (const rows of tables) {
    for (let row = 0; row < rows.length; row += STRIDE)
      lengths[hashOf(rows[row + PHONE]!) % PARTS]! += STRIDE;
  }
  return Array.from(lengths, (length) => new Float64Array(length));
}
