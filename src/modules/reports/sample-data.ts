import { randomUUID } from 'node:crypto';
import { mkdir, open, rename, rm } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { dirname } from 'node:path';
import { generateAttempts } from './generate-attempts.js';
import type { SampleShape } from './generate-attempts.js';

export interface SampleProgress {
  bytesWritten: number;
  /** An estimate until the last call, where it is exact. */
  bytesTotal: number;
}

const ESTIMATED_RECORD_BYTES = 74;

/**
 * Writes a sample data file and puts it in place in one step: `file` is absent (or the old one) until all of it
 * is on the disk. Makes the folder where it is missing. Rejects with the file system's error, leaving nothing behind.
 */
export async function writeSampleData(
  file: string,
  shape: SampleShape,
  onProgress: (progress: SampleProgress) => void = () => undefined,
): Promise<void> {
  await mkdir(dirname(file), { recursive: true });
  const temporary = `${file}.${process.pid}.${randomUUID()}.tmp`;
  try {
    await writeNew(temporary, shape, onProgress);
    await rename(temporary, file);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}

async function writeNew(
  file: string,
  shape: SampleShape,
  onProgress: (progress: SampleProgress) => void,
): Promise<void> {
  const handle = await open(file, 'wx');
  try {
    const bytesWritten = await writePieces(handle, shape, onProgress);
    await handle.sync();
    onProgress({ bytesWritten, bytesTotal: bytesWritten });
  } finally {
    await handle.close();
  }
}

async function writePieces(
  handle: FileHandle,
  shape: SampleShape,
  onProgress: (progress: SampleProgress) => void,
): Promise<number> {
  const digits = Math.max(0, String(Math.max(shape.phones - 1, 0)).length - 3);
  const estimate = shape.records * (ESTIMATED_RECORD_BYTES + digits) + 3;
  let bytesWritten = 0;
  for await (const piece of generateAttempts(shape)) {
    await handle.appendFile(piece);
    bytesWritten += piece.length;
    onProgress({ bytesWritten, bytesTotal: Math.max(estimate, bytesWritten) });
  }
  return bytesWritten;
}
