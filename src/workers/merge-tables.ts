import { PhoneTable } from '../modules/reports/scan/phone-table.js';
import type { PhoneTableState } from '../modules/reports/scan/phone-table.js';
import type { MergeJob, ShardJob } from '../modules/reports/scan/range-jobs.js';
import { cutShards as cut } from '../modules/reports/scan/shards.js';
import type { Shards } from '../modules/reports/scan/shards.js';
import { give } from './give.js';

/** Adds tables of ranges up. */
export function mergeTables(job: MergeJob): PhoneTableState {
  const merged = merge(job).give();
  return give(merged, [merged.rows.buffer, merged.slots.buffer]);
}

/** Adds the last tables of a pass and packs the whole. */
export function cutShards(job: ShardJob): Shards {
  const shards = cut(merge(job).rows, job.phonesPerShard);
  return give(shards, [shards.bytes.buffer, shards.ends.buffer]);
}

function merge({ merged, tables }: MergeJob): PhoneTable {
  const table = merged ? PhoneTable.of(merged) : new PhoneTable();
  for (const rows of tables) table.merge(rows);
  return table;
}
