const MAGIC = Buffer.of(0x28, 0xb5, 0x2f, 0xfd);
/** No checksum, no content size; a window of 1 MiB. */
const HEADER = Buffer.of(0x00, 0x50);
const LARGEST_BLOCK = 128 * 1024;
const [RAW, RUN] = [0, 1];

/** A zstd frame (RFC 8878) of blocks that are not compressed: Node 20 has no zstd to make one. Blanks at its end are a run. */
export function zstdOf(bytes: Uint8Array): Buffer {
  const blocks: Buffer[] = [];
  for (let from = 0; from < bytes.length; from += LARGEST_BLOCK) {
    const block = bytes.subarray(from, from + LARGEST_BLOCK);
    blocks.push(blockHeader(block.length, RAW, false), Buffer.from(block));
  }
  return Buffer.concat([MAGIC, HEADER, ...blocks, blockHeader(10, RUN, true), Buffer.from(' ')]);
}

function blockHeader(length: number, type: number, isLast: boolean): Buffer {
  const header = Buffer.alloc(3);
  header.writeUIntLE(length * 8 + type * 2 + Number(isLast), 0, 3);
  return header;
}
