import type { PhoneStats } from '../phone-stats.js';
import {
  FROM_10_TO_30S,
  MAX_MS,
  MIN_MS,
  OVER_15S_LOW,
  OVER_30S,
  PHONE,
  SUM_LOW,
  SUM_UNIT,
  UP_TO_10S,
} from '../scan/phone-table.js';
import { rowOf, shardOf } from '../scan/shards.js';
import { Turns } from './turns.js';

/** What one pass found of the phones that were asked for. */
export interface Found {
  stats: PhoneStats[];
  notFound: number[];
}

/** Unpacked shards by number. */
export type ShardRows = ReadonlyMap<number, Float64Array>;

const PHONES_PER_TURN = 2_000;

/** The numbers of the shards that hold `phones`, each once. */
export function shardsOf(phones: readonly number[], shardCount: number): number[] {
  const shards = new Set<number>();
  for (const phone of phones) shards.add(shardOf(phone, shardCount));
  return [...shards];
}

/** Looks `phones` up; `rows` holds every shard that they fall into. */
export async function findPhones(
  phones: readonly number[],
  rows: ShardRows,
  shardCount: number,
): Promise<Found> {
  const found: Found = { stats: [], notFound: [] };
  const turns = new Turns(PHONES_PER_TURN);
  for (const phone of phones) {
    addPhone(found, phone, rows.get(shardOf(phone, shardCount))!);
    const turn = turns.step();
    if (turn) await turn;
  }
  return found;
}

/** The same in one go. */
export function findFew(phones: readonly number[], rows: ShardRows, shardCount: number): Found {
  const found: Found = { stats: [], notFound: [] };
  for (const phone of phones) addPhone(found, phone, rows.get(shardOf(phone, shardCount))!);
  return found;
}

function addPhone(found: Found, phone: number, shard: Float64Array): void {
  const at = rowOf(shard, phone);
  if (at < 0) found.notFound.push(phone);
  else found.stats.push(statsOf(shard, at));
}

function statsOf(rows: Float64Array, at: number): PhoneStats {
  const upTo10s = rows[at + UP_TO_10S]!;
  const from10To30s = rows[at + FROM_10_TO_30S]!;
  const over30s = rows[at + OVER_30S]!;
  return {
    phone: rows[at + PHONE]!,
    attempts: upTo10s + from10To30s + over30s,
    upTo10s,
    from10To30s,
    over30s,
    minMs: rows[at + MIN_MS]!,
    maxMs: rows[at + MAX_MS]!,
    sumMs: sumOf(rows, at + SUM_LOW),
    sumOver15sMs: sumOf(rows, at + OVER_15S_LOW),
  };
}

function sumOf(rows: Float64Array, low: number): bigint {
  const high = rows[low + 1]!;
  const sum = BigInt(rows[low]!);
  return high === 0 ? sum : sum + BigInt(high) * BigInt(SUM_UNIT);
}
