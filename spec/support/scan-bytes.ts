import type { Period, PhoneStats } from '../../src/modules/reports/phone-stats.js';
import { findPhones } from '../../src/modules/reports/aggregation/pass-view.js';
import { PhoneTable } from '../../src/modules/reports/scan/phone-table.js';
import { planRanges } from '../../src/modules/reports/scan/range.js';
import type { Range } from '../../src/modules/reports/scan/range.js';
import type { DataFormat } from '../../src/modules/reports/scan/data-format.js';
import { formatOf } from '../../src/modules/reports/scan/data-format.js';
import type { RegularLane } from '../../src/modules/reports/scan/regular-lane.js';
import { createEmptyLane, createRegularLane } from '../../src/modules/reports/scan/regular-lane.js';
import { scanRange } from '../../src/modules/reports/scan/scan-range.js';
import { scanRanges } from '../../src/modules/reports/scan/scan-ranges.js';
import type { RangesOutcome } from '../../src/modules/reports/scan/scan-ranges.js';
import { shardsOfRows, unpackedShards } from './packed-shards.js';

export interface ScanBytes {
  /** How many ranges the bytes are cut into. Default 1. */
  ranges?: number;
  /** Bytes read at once. Default 64 KiB. */
  blockBytes?: number;
  skipInvalid?: boolean;
  /** Whether all is left to the general scanner. */
  generalOnly?: boolean;
  period?: Period;
  /** Told each range that is scanned. */
  onScan?: (range: Range) => void;
  /** What was read before: only what follows it is read, and added to its sums. */
  earlier?: { table: PhoneTable; end: number };
}

export type Scanned =
  | { stats: Map<number, PhoneStats>; skipped: number }
  | { offset: number; reason: string; unfinished: boolean };

/** A pass over bytes in memory, without threads: the ranges, their verification, their sums and their packing. */
export async function scanBytes(bytes: Uint8Array, options: ScanBytes = {}): Promise<Scanned> {
  const { outcome, table } = await scanOf(bytes, options);
  if (outcome.kind === 'read') return { stats: await statsOf(table), skipped: outcome.skipped };
  const { offset, reason, unfinished } = outcome;
  return { offset, reason, unfinished };
}

/** The same, as what a later one may build on: `lastEnd` of the outcome is the `end` to give to it. */
export async function scanOf(
  bytes: Uint8Array,
  options: ScanBytes = {},
): Promise<{ outcome: Exclude<RangesOutcome, { kind: 'cancelled' }>; table: PhoneTable }> {
  const {
    ranges = 1,
    blockBytes = 65_536,
    skipInvalid = false,
    generalOnly = false,
    period = { fromMs: null, toMs: null },
    earlier,
  } = options;
  const table = earlier?.table ?? new PhoneTable();
  const lane = generalOnly ? createEmptyLane(blockBytes) : laneOf(blockBytes);
  const settings = { size: bytes.length, format: formatOfBytes(bytes), period, skipInvalid };
  const outcome = await scanRanges({
    ranges: planRanges(bytes.length, Math.max(1, Math.ceil(bytes.length / ranges)), earlier?.end),
    concurrency: 3,
    run(range) {
      options.onScan?.(range);
      return Promise.resolve(scanRange(range, settings, inputOf(bytes), lane));
    },
    accept(tables) {
      for (const rows of tables) table.merge(rows);
      return Promise.resolve();
    },
    abandon: () => undefined,
  });
  if (outcome.kind === 'cancelled') throw new Error('nobody cancelled this');
  return { outcome, table };
}

const lanes = new Map<number, RegularLane>();

function laneOf(blockBytes: number): RegularLane {
  const lane = lanes.get(blockBytes) ?? createRegularLane(blockBytes);
  lanes.set(blockBytes, lane);
  return lane;
}

function formatOfBytes(bytes: Uint8Array): DataFormat {
  const text = Buffer.from(bytes).toString('latin1');
  return formatOf(text.charCodeAt(/^(\xef\xbb\xbf)?[ \t\r\n]*/.exec(text)![0].length));
}

function inputOf(bytes: Uint8Array): Parameters<typeof scanRange>[2] {
  return {
    read(into, length, position) {
      const piece = bytes.subarray(position, position + length);
      into.set(piece);
      return piece.length;
    },
    cancelled: () => false,
    progress: () => undefined,
  };
}

export async function statsOf(table: PhoneTable): Promise<Map<number, PhoneStats>> {
  const shards = shardsOfRows(table.rows, 3);
  const rows = unpackedShards(shards);
  const phones: number[] = [];
  for (const shard of rows.values()) for (let at = 0; at < shard.length; at += 10) phones.push(shard[at]!);
  const { stats } = await findPhones(phones, rows, shards.count);
  return new Map(stats.map((one) => [one.phone, one]));
}
