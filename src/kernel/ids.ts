import { pooledRandomBytes } from './random-pool.js';

/** A lower-case UUIDv7. Ids made by one process sort in the order they were made. */
export type Uuid = string & { readonly __brand: 'Uuid' };

const UUID_V7 = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

export function isUuid(text: string): text is Uuid {
  return UUID.test(text);
}

export function isUuidV7(text: string): text is Uuid {
  return UUID_V7.test(text);
}

/** The epoch milliseconds that a UUIDv7 carries. */
export function timeOfUuid(id: Uuid): number {
  return Number.parseInt(id.slice(0, 8) + id.slice(9, 13), 16);
}

/** The smallest UUIDv7 of a millisecond: a bound for ranges of ids by time. */
export function firstUuidAt(epochMs: number): Uuid {
  const hex = Math.min(Math.max(Math.trunc(epochMs), 0), 2 ** 48 - 1)
    .toString(16)
    .padStart(12, '0');
  return `${hex.slice(0, 8)}-${hex.slice(8)}-7000-8000-000000000000` as Uuid;
}

let lastMs = -1;
let counter = 0;
/** The digits of `lastMs`, as an id begins with them. */
let timeDigits = '';

/**
 * A new UUIDv7 (RFC 9562). `rand_a` is a counter within the millisecond, so ids of one process
 * are strictly increasing; a clock that steps back keeps the last millisecond.
 */
export function newUuid(nowMs: number): Uuid {
  if (nowMs > lastMs) {
    setTime(nowMs);
    counter = pooledRandomBytes(1)[0]!;
  } else if (++counter > 0xfff) {
    setTime(lastMs + 1);
    counter = 0;
  }
  const random = pooledRandomBytes(8);
  random[0] = (random[0]! & 0x3f) | 0x80;
  const tail = random.toString('hex');
  const rand = (0x7000 | counter).toString(16);
  return `${timeDigits}${rand}-${tail.slice(0, 4)}-${tail.slice(4)}` as Uuid;
}

function setTime(epochMs: number): void {
  lastMs = epochMs;
  const time = epochMs.toString(16).padStart(12, '0');
  timeDigits = `${time.slice(0, 8)}-${time.slice(8)}-`;
}
