import { MOST_ROWS, ROW_BYTES, ROWS_AT, SLOT_BITS, SLOT_BYTES, SLOT_MASK, SLOTS_AT } from './layout';

/** Places in a row, in bytes. */
const UP_TO_10S: usize = 8;
const MIN_MS: usize = 32;
const MAX_MS: usize = 40;
const SUM_LOW: usize = 48;
const OVER_15S_LOW: usize = 64;
/** What the low half of a sum stays below; the high half counts how often it was reached. */
const SUM_UNIT: f64 = 4503599627370496;
/** 2^64 divided by the golden ratio: spreads neighbouring phones over the slots. */
const SPREAD: u64 = 0x9e3779b97f4a7c15;

let count: u32 = 0;

/** Rows in use. */
export function rowCount(): u32 {
  return count;
}

export function clearPhones(): void {
  if (count > 0) memory.fill(SLOTS_AT, 0, SLOT_BYTES);
  count = 0;
}

/** Counts one attempt of `ms` milliseconds, fewer than 2^52. False where the table is full. */
export function addAttempt(phone: u64, ms: f64): bool {
  const row = rowOf(phone);
  if (row === 0) return false;
  const bucket = row + UP_TO_10S + ((<usize>(ms > 10000) + <usize>(ms > 30000)) << 3);
  store<f64>(bucket, load<f64>(bucket) + 1);
  if (ms < load<f64>(row, MIN_MS)) store<f64>(row, ms, MIN_MS);
  if (ms > load<f64>(row, MAX_MS)) store<f64>(row, ms, MAX_MS);
  addTo(row + SUM_LOW, ms);
  addTo(row + OVER_15S_LOW, select<f64>(ms, 0, ms > 15000));
  return true;
}

function addTo(low: usize, ms: f64): void {
  const sum = load<f64>(low) + ms;
  if (sum < SUM_UNIT) {
    store<f64>(low, sum);
  } else {
    store<f64>(low, sum - SUM_UNIT);
    store<f64>(low, load<f64>(low, 8) + 1, 8);
  }
}

/** Where the phone's row begins, made where there is none; 0 where there is no room for it. */
function rowOf(phone: u64): usize {
  const key = <f64>(<i64>phone);
  let slot = <usize>((phone * SPREAD) >> (64 - SLOT_BITS));
  while (true) {
    const taken = <usize>load<u16>(SLOTS_AT + (slot << 1));
    if (taken === 0) return insert(key, slot);
    const row = ROWS_AT + taken * ROW_BYTES;
    if (load<f64>(row) === key) return row;
    slot = (slot + 1) & SLOT_MASK;
  }
}

function insert(phone: f64, slot: usize): usize {
  if (count === MOST_ROWS) return 0;
  store<u16>(SLOTS_AT + (slot << 1), <u16>++count);
  const row = ROWS_AT + <usize>count * ROW_BYTES;
  memory.fill(row, 0, ROW_BYTES);
  store<f64>(row, phone);
  store<f64>(row, Infinity, MIN_MS);
  store<f64>(row, -Infinity, MAX_MS);
  return row;
}
