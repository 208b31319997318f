import type { Shards } from '../../src/modules/reports/scan/shards.js';
import { packedShard, packShards, shardCountOf, unpackShard } from '../../src/modules/reports/scan/shards.js';

/** The rows of a table as shards of one part. */
export function shardsOfRows(rows: Float64Array, phonesPerShard: number): Shards {
  const phones = rows.length / 10;
  const count = shardCountOf(phones, phonesPerShard, 1);
  return { count, phones, parts: [packShards(rows, { count, part: 0, parts: 1 })] };
}

/** The rows of each shard, by number. */
export function unpackedShards(shards: Shards): Map<number, Float64Array> {
  const numbers = [...Array(shards.count).keys()];
  return new Map(numbers.map((number) => [number, unpackShard(packedShard(shards, number))]));
}
