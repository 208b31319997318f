import { open } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { Damage } from './scan/damage.js';
import { GeneralScanner } from './scan/general-scanner.js';
import { guessStart } from './scan/guess-start.js';

export interface DataEnds {
  /** Bytes of the file. */
  size: number;
  /** When it last changed, epoch ms. */
  changedMs: number;
  /** The first fault among what was read; a byte of the file. */
  damage: { offset: number; reason: string } | null;
}

const END_BYTES = 64 * 1024;

/** Reads the first and the last 64 KiB of the data by the rules of a whole pass. Rejects where the file cannot be read. */
export async function checkDataEnds(file: string, skipInvalid: boolean): Promise<DataEnds> {
  const handle = await open(file, 'r');
  try {
    const { size, mtimeMs } = await handle.stat();
    return { size, changedMs: mtimeMs, damage: await damageOf(handle, size, skipInvalid) };
  } finally {
    await handle.close();
  }
}

async function damageOf(handle: FileHandle, size: number, skipInvalid: boolean): Promise<DataEnds['damage']> {
  try {
    const head = await bytesAt(handle, 0);
    scan(head, { at: 'file', from: 0, base: 0, ends: size <= END_BYTES, skipInvalid });
    if (size > END_BYTES) {
      const base = size - END_BYTES;
      const tail = await bytesAt(handle, base);
      // Without a start that convinces, the last record is longer than what was read, and nothing can be said.
      const from = guessStart(tail, tail.length);
      if (from >= 0) scan(tail, { at: 'element', from, base, ends: true, skipInvalid });
    }
    return null;
  } catch (error) {
    if (error instanceof Damage) return { offset: error.offset, reason: error.reason };
    throw error;
  }
}

async function bytesAt(handle: FileHandle, position: number): Promise<Buffer> {
  const { buffer, bytesRead } = await handle.read(Buffer.alloc(END_BYTES), 0, END_BYTES, position);
  return buffer.subarray(0, bytesRead);
}

interface Piece {
  at: 'file' | 'element';
  from: number;
  /** The place in the file of the first byte. */
  base: number;
  /** Whether the data ends here. */
  ends: boolean;
  skipInvalid: boolean;
}

function scan(bytes: Buffer, { at: start, from, base, ends, skipInvalid }: Piece): void {
  const scanner = new GeneralScanner({ at: start, limit: Infinity, sums: null, skipInvalid });
  for (let at = from; at < bytes.length;) at = scanner.read(bytes, at, bytes.length, base);
  if (ends) scanner.finish(base + bytes.length);
}
