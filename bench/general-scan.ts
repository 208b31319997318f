import { open } from 'node:fs/promises';
import { findPhones } from '../src/modules/reports/aggregation/pass-view.js';
import { GeneralScanner } from '../src/modules/reports/scan/general-scanner.js';
import { packedShard, packShards, unpackShard } from '../src/modules/reports/scan/shards.js';
import { Sums } from '../src/modules/reports/scan/sums.js';
import { type PlainStats, plainOf } from './plain-sums.js';

const BLOCK_BYTES = 256 * 1024;

/** The general scanner over a whole array, on this thread: what the fast lane is measured by. */
export async function scanGenerally(file: string, phones: readonly number[]): Promise<PlainStats[]> {
  const sums = new Sums({ fromMs: null, toMs: null });
  const scanner = new GeneralScanner({ at: 'file', limit: Infinity, sums, skipInvalid: false });
  const handle = await open(file);
  const block = new Uint8Array(BLOCK_BYTES);
  let base = 0;
  for (;;) {
    const { bytesRead } = await handle.read(block, 0, block.length, base);
    if (bytesRead === 0) break;
    for (let at = 0; at < bytesRead;) at = scanner.read(block, at, bytesRead, base);
    base += bytesRead;
  }
  scanner.finish(base);
  await handle.close();
  const packed = packShards(sums.table.rows, { count: 1, part: 0, parts: 1 });
  const rows = unpackShard(packedShard({ count: 1, phones: sums.table.count, parts: [packed] }, 0));
  return (await findPhones(phones, new Map([[0, rows]]), 1)).stats.map(plainOf);
}
