import { PhoneTable } from '../modules/reports/scan/phone-table.js';
import type { PhoneTableState } from '../modules/reports/scan/phone-table.js';
import type { MergeJob, PackJob, ShardJob, SplitJob, UnpackJob } from '../modules/reports/scan/range-jobs.js';
import { packShards as pack, shardCountOf, unpackShard } from '../modules/reports/scan/shards.js';
import type { PackedShards, Shards } from '../modules/reports/scan/shards.js';
import { handOn, splitRows } from '../modules/reports/scan/split-rows.js';
import { give } from './give.js';

/** Adds tables of ranges up. */
export function mergeTables(job: MergeJob): PhoneTableState {
  const merged = merge(job).give();
  return give(merged, [merged.rows.buffer, merged.slots.buffer]);
}

/** Sorts the rows of tables into those of each part. */
export function splitTables({ tables }: SplitJob): Float64Array<ArrayBuffer>[] {
  const parts = splitRows(tables);
  return give(
    parts,
    parts.map(({ buffer }) => buffer),
  );
}

/** Undoes `packShards`. */
export function unpackShards({ packed: { bytes, ends } }: UnpackJob): Float64Array<ArrayBuffer>[] {
  const shards = Array.from(ends, (end, place) => bytes.subarray(place === 0 ? 0 : ends[place - 1]!, end));
  const tables = handOn(shards.map((shard) => unpackShard(shard)));
  return give(
    tables,
    tables.map(({ buffer }) => buffer),
  );
}

/** Packs one part of the phones. */
export function packShards({ merged, which }: PackJob): PackedShards {
  const packed = pack(PhoneTable.of(merged).rows, which);
  return give(packed, buffersOf(packed));
}

/** Adds the tables of a pass up and packs the whole. */
export function cutShards(job: ShardJob): Shards {
  const { rows, count: phones } = merge(job);
  const count = shardCountOf(phones, job.phonesPerShard, 1);
  const packed = pack(rows, { count, part: 0, parts: 1 });
  return give({ count, phones, parts: [packed] }, buffersOf(packed));
}

function merge({ merged, tables }: MergeJob): PhoneTable {
  const table = merged ? PhoneTable.of(merged) : new PhoneTable();
  for (const rows of tables) table.merge(rows);
  return table;
}

function buffersOf({ bytes, ends }: PackedShards): ArrayBuffer[] {
  return [bytes.buffer, ends.buffer];
}
