import { open } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { Damage } from './scan/damage.js';
import { containerOf } from './scan/data-format.js';
import type { Container, DataFormat } from './scan/data-format.js';
import { GeneralScanner } from './scan/general-scanner.js';
import { firstOfLine, guessStart } from './scan/guess-start.js';

export interface DataEnds {
  /** Bytes of the file. */
  size: number;
  /** When it last changed, epoch ms. */
  changedMs: number;
  /** What is compressed is not unpacked here. */
  container: Container;
  /** The first fault among what was read; a byte of the file. */
  damage: { offset: number; reason: string } | null;
}

const END_BYTES = 64 * 1024;

/** Reads the first and the last 64 KiB of the data by the rules of a whole pass. Rejects where the file cannot be read. */
export async function checkDataEnds(file: string, skipInvalid: boolean): Promise<DataEnds> {
  const handle = await open(file, 'r');
  try {
    const { size, mtimeMs: changedMs } = await handle.stat();
    const head = await bytesAt(handle, 0);
    const container = containerOf(head);
    const damage = container === 'plain' ? await damageOf(handle, { head, size, skipInvalid }) : null;
    return { size, changedMs, container, damage };
  } finally {
    await handle.close();
  }
}

interface Plain {
  head: Buffer;
  size: number;
  skipInvalid: boolean;
}

async function damageOf(handle: FileHandle, { head, size, skipInvalid }: Plain): Promise<DataEnds['damage']> {
  const settings = { limit: Infinity, sums: null, skipInvalid };
  try {
    const first = new GeneralScanner({ ...settings, at: 'file' });
    scan(first, head, 0, 0);
    if (size <= END_BYTES) first.finish(size);
    else await scanTail(handle, size, first.format, settings);
    return null;
  } catch (error) {
    if (error instanceof Damage) return { offset: error.offset, reason: error.reason };
    throw error;
  }
}

async function scanTail(
  handle: FileHandle,
  size: number,
  format: DataFormat,
  settings: { limit: number; sums: null; skipInvalid: boolean },
): Promise<void> {
  const base = size - END_BYTES;
  const tail = await bytesAt(handle, base);
  const from = format === 'lines' ? firstOfLine(tail, tail.length) : guessStart(tail, tail.length);
  // Where no record begins for sure, the last one is longer than what was read, and nothing can be said.
  if (from < 0) return;
  const last = new GeneralScanner({ ...settings, at: 'element', format });
  scan(last, tail, from, base);
  last.finish(size);
}

async function bytesAt(handle: FileHandle, position: number): Promise<Buffer> {
  const { buffer, bytesRead } = await handle.read(Buffer.alloc(END_BYTES), 0, END_BYTES, position);
  return buffer.subarray(0, bytesRead);
}

function scan(scanner: GeneralScanner, bytes: Buffer, from: number, base: number): void {
  for (let at = from; at < bytes.length;) at = scanner.read(bytes, at, bytes.length, base);
}
