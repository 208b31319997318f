import { PackedReader, PackedWriter } from './packed-numbers.js';
import { hashOf, PHONE, STRIDE } from './phone-table.js';

/** All phones of one pass, packed, in shards by the hash of the phone. */
export interface Shards {
  /** One or more. */
  count: number;
  phones: number;
  /** Shard `n` is in part `n % parts.length`; `count` is a multiple of that. */
  parts: readonly PackedShards[];
}

/** Every so many-th shard, one behind the other. */
export interface PackedShards {
  bytes: Uint8Array<ArrayBuffer>;
  /** Where each shard ends in `bytes`. */
  ends: Float64Array<ArrayBuffer>;
}

/** Which shards are packed: those of `part`, of the shards that `count` and `parts` say there are. */
export interface PartOfShards {
  count: number;
  part: number;
  parts: number;
}

export function shardOf(phone: number, shardCount: number): number {
  return hashOf(phone) % shardCount;
}

/** How many shards of about `phonesPerShard` there are in so many parts. */
export function shardCountOf(phones: number, phonesPerShard: number, parts: number): number {
  return Math.max(1, Math.ceil(phones / phonesPerShard / parts)) * parts;
}

/** Packs the rows of a table, all of which belong to the part, each shard in ascending order of phones. */
export function packShards(rows: Float64Array, which: PartOfShards): PackedShards {
  const { order, ends: rowEnds } = orderByShard(rows, which);
  const writer = new PackedWriter();
  const ends = new Float64Array(rowEnds.length);
  for (let place = 0; place < ends.length; place++) {
    const inShard = order.subarray(place === 0 ? 0 : rowEnds[place - 1]!, rowEnds[place]);
    inShard.sort((a, b) => rows[a * STRIDE]! - rows[b * STRIDE]!);
    packShard(rows, inShard, writer);
    ends[place] = writer.length;
  }
  return { bytes: writer.bytes(), ends };
}

/** Packed shards one behind the other. */
export function joinShards(shards: readonly Uint8Array[]): PackedShards {
  const ends = new Float64Array(shards.length);
  let length = 0;
  for (const [place, shard] of shards.entries()) ends[place] = length += shard.length;
  const bytes = new Uint8Array(length);
  for (const [place, shard] of shards.entries()) bytes.set(shard, place === 0 ? 0 : ends[place - 1]);
  return { bytes, ends };
}

/** A view of one shard. */
export function packedShard({ parts }: Shards, number: number): Uint8Array {
  const { bytes, ends } = parts[number % parts.length]!;
  const place = Math.floor(number / parts.length);
  return bytes.subarray(place === 0 ? 0 : ends[place - 1]!, ends[place]);
}

/** Row numbers grouped by shard (a counting sort), and where each group ends. */
function orderByShard(
  rows: Float64Array,
  { count, part, parts }: PartOfShards,
): { order: Uint32Array; ends: Uint32Array } {
  const phones = rows.length / STRIDE;
  const placeOf = (row: number): number => (shardOf(rows[row * STRIDE]!, count) - part) / parts;
  const ends = new Uint32Array(count / parts);
  for (let row = 0; row < phones; row++) ends[placeOf(row)]! += 1;
  for (let place = 1; place < ends.length; place++) ends[place]! += ends[place - 1]!;
  const places = ends.slice();
  const order = new Uint32Array(phones);
  for (let row = phones - 1; row >= 0; row--) {
    const place = placeOf(row);
    places[place]! -= 1;
    order[places[place]!] = row;
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
