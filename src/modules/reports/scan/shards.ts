import { PackedReader, PackedWriter } from './packed-numbers.js';
import { hashOf, PHONE, STRIDE } from './phone-table.js';

/** All phones of one pass, packed, in shards by the hash of the phone. */
export interface Shards {
  bytes: Uint8Array<ArrayBuffer>;
  /** Where each shard ends in `bytes`; there is at least one shard. */
  ends: Float64Array<ArrayBuffer>;
  phones: number;
}

export function shardOf(phone: number, shardCount: number): number {
  return hashOf(phone) % shardCount;
}

/** Packs the rows of a table into shards of about `phonesPerShard`, each in ascending order of phones. */
export function cutShards(rows: Float64Array, phonesPerShard: number): Shards {
  const phones = rows.length / STRIDE;
  const count = Math.max(1, Math.ceil(phones / phonesPerShard));
  const { order, ends: rowEnds } = orderByShard(rows, count);
  const writer = new PackedWriter();
  const ends = new Float64Array(count);
  for (let shard = 0; shard < count; shard++) {
    const inShard = order.subarray(shard === 0 ? 0 : rowEnds[shard - 1]!, rowEnds[shard]);
    inShard.sort((a, b) => rows[a * STRIDE]! - rows[b * STRIDE]!);
    packShard(rows, inShard, writer);
    ends[shard] = writer.length;
  }
  return { bytes: writer.bytes(), ends, phones };
}

/** Row numbers grouped by shard (a counting sort), and where each group ends. */
function orderByShard(rows: Float64Array, count: number): { order: Uint32Array; ends: Uint32Array } {
  const phones = rows.length / STRIDE;
  const ends = new Uint32Array(count);
  for (let row = 0; row < phones; row++) ends[shardOf(rows[row * STRIDE]!, count)]! += 1;
  for (let shard = 1; shard < count; shard++) ends[shard]! += ends[shard - 1]!;
  const places = ends.slice();
  const order = new Uint32Array(phones);
  for (let row = phones - 1; row >= 0; row--) {
    const shard = shardOf(rows[row * STRIDE]!, count);
    places[shard]! -= 1;
    order[places[shard]!] = row;
  }
  return { order, ends };
}

function packShard(rows: Float64Array, order: Uint32Array, writer: PackedWriter): void {
  writer.put(order.length);
  let previous = 0;
  for (const row of order) {
    const at = row * STRIDE;
    const phone = rows[at + PHONE]!;
    writer.put(phone - previous);
    previous = phone;
    for (let field = PHONE + 1; field < STRIDE; field++) writer.put(rows[at + field]!);
  }
}

/** The rows of one packed shard, in ascending order of phones. Throws where the bytes are no shard. */
export function unpackShard(bytes: Uint8Array): Float64Array {
  const reader = new PackedReader(bytes);
  const count = reader.take();
  // Each number takes a byte at least, so a damaged count cannot ask for much memory.
  if (count * STRIDE > bytes.length) throw new Error('the shard is shorter than it says');
  const rows = new Float64Array(count * STRIDE);
  let phone = 0;
  for (let at = 0; at < rows.length; at += STRIDE) {
    phone += reader.take();
    rows[at] = phone;
    for (let field = PHONE + 1; field < STRIDE; field++) rows[at + field] = reader.take();
  }
  return rows;
}

/** Where the phone's row begins in unpacked rows, or −1. */
export function rowOf(rows: Float64Array, phone: number): number {
  let low = 0;
  let high = rows.length / STRIDE;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (rows[middle * STRIDE]! < phone) low = middle + 1;
    else high = middle;
  }
  return rows[low * STRIDE] === phone ? low * STRIDE : -1;
}
