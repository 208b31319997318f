import { Readable } from 'node:stream';
import type { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import * as zlib from 'node:zlib';
import { Decompress, ZstdErrorCode } from 'fzstd';
import { Damage } from '../modules/reports/scan/damage.js';
import type { Container } from '../modules/reports/scan/data-format.js';

const CHUNK_BYTES = 256 * 1024;

export interface Packed {
  container: Exclude<Container, 'plain'>;
  /** The bytes of the file, in pieces that may be overwritten when the next is asked for. */
  pieces: () => Generator<Uint8Array, void, undefined>;
  /** Bytes of the file. */
  size: number;
}

/** Newer versions of Node unpack zstd themselves, several times faster. */
const { createZstdDecompress } = zlib as { createZstdDecompress?: (options: object) => ByteCounter };

/** A stream of zlib: it knows how many bytes of the file it has used. */
type ByteCounter = Transform & { readonly bytesWritten: number };

/**
 * Unpacks a file from front to back and hands each chunk to `take` before the next is made, so that memory does not
 * grow with what is in it. Throws `Damage`, whose offsets here are those of the packed file.
 */
export async function unpack(packed: Packed, take: (chunk: Uint8Array) => void): Promise<void> {
  if (packed.container === 'gzip')
    return byStream(packed, zlib.createGunzip({ chunkSize: CHUNK_BYTES }), take);
  if (createZstdDecompress) return byStream(packed, createZstdDecompress({ chunkSize: CHUNK_BYTES }), take);
  return byFzstd(packed, take);
}

async function byStream(
  { container, pieces, size }: Packed,
  unpacking: ByteCounter,
  take: (chunk: Uint8Array) => void,
): Promise<void> {
  let failure: unknown;
  const takeAll = async (chunks: AsyncIterable<Uint8Array>): Promise<void> => {
    try {
      for await (const chunk of chunks) take(chunk);
    } catch (error) {
      failure = error;
      throw error;
    }
  };
  try {
    await pipeline(Readable.from(copies(pieces())), unpacking, takeAll);
  } catch (error) {
    const { code } = (failure ?? error) as NodeJS.ErrnoException;
    if (code === 'Z_BUF_ERROR') throw endsTooEarly(container, size);
    if (/^(Z_|ZSTD_)/.test(code ?? '')) throw isCorrupt(container, unpacking.bytesWritten);
    throw failure ?? error;
  }
  if (unpacking.bytesWritten < size)
    throw new Damage(unpacking.bytesWritten, `something follows the ${container} data`);
}

/** The stream may hold several pieces at a time. */
function* copies(pieces: Iterable<Uint8Array>): Generator<Uint8Array, void, undefined> {
  for (const piece of pieces) yield piece.slice();
}

function byFzstd({ container, pieces, size }: Packed, take: (chunk: Uint8Array) => void): void {
  let done = 0;
  let taking = false;
  const unpacking = new Decompress((chunk) => {
    taking = true;
    take(chunk);
    taking = false;
  });
  try {
    for (const piece of pieces()) {
      unpacking.push(piece.slice());
      done += piece.length;
    }
    unpacking.push(new Uint8Array(0), true);
  } catch (error) {
    // What `take` throws is not about the packing; the library's own errors have a number for a code.
    if (taking || typeof (error as { code?: unknown }).code !== 'number') throw error;
    const ended = (error as { code: number }).code === ZstdErrorCode.UnexpectedEOF;
    throw ended ? endsTooEarly(container, size) : isCorrupt(container, done);
  }
}

function endsTooEarly(container: Container, size: number): Damage {
  return new Damage(size, `the ${container} data end too early`, true);
}

function isCorrupt(container: Container, near: number): Damage {
  return new Damage(near, `the ${container} data are corrupt near there`);
}
