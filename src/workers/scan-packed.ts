import { readSync } from 'node:fs';
import { Damage } from '../modules/reports/scan/damage.js';
import { PieceScanner } from '../modules/reports/scan/piece-scanner.js';
import { CANCEL_WORD, FIRST_PROGRESS_WORD } from '../modules/reports/scan/range-jobs.js';
import type { PackedJob, PackedOutcome } from '../modules/reports/scan/range-jobs.js';
import { handOn } from '../modules/reports/scan/split-rows.js';
import { give } from './give.js';
import { laneOfThread } from './lane-of-thread.js';
import { unpack } from './unpack.js';

const PIECE_BYTES = 64 * 1024;

interface Unreadable {
  kind: 'unreadable';
  reason: string;
}

class Cancelled extends Error {}

/** Unpacks and scans a file. Damage and reading errors are answers too. */
export async function scanPacked(job: PackedJob): Promise<PackedOutcome | Unreadable> {
  try {
    const { skipped, tables } = await scan(job);
    return give(
      { kind: 'read', skipped, tables },
      tables.map(({ buffer }) => buffer),
    );
  } catch (error) {
    if (error instanceof Cancelled) return { kind: 'cancelled' };
    if (error instanceof Damage) {
      const { offset, reason, unfinished } = error;
      return { kind: 'damaged', offset, reason, unfinished };
    }
    const { code, syscall } = error as NodeJS.ErrnoException;
    if (syscall !== 'read') throw error;
    return { kind: 'unreadable', reason: code ?? 'unknown' };
  }
}

async function scan(job: PackedJob): Promise<{ skipped: number; tables: Float64Array<ArrayBuffer>[] }> {
  const { container, settings } = job;
  const scanner = new PieceScanner(laneOfThread(), settings);
  await unpack({ container, pieces: () => piecesOf(job), size: settings.size }, (chunk) => {
    if (Atomics.load(job.shared, CANCEL_WORD) !== 0) throw new Cancelled();
    unpackedOffsets(() => scanner.push(chunk));
  });
  const { skipped, rows } = unpackedOffsets(() => scanner.finish());
  return { skipped, tables: handOn([rows]) };
}

function* piecesOf({ fd, settings, shared, index }: PackedJob): Generator<Uint8Array, void, undefined> {
  const piece = new Uint8Array(PIECE_BYTES);
  for (let position = 0; position < settings.size;) {
    const length = readSync(fd, piece, 0, Math.min(piece.length, settings.size - position), position);
    if (length === 0) return;
    yield piece.subarray(0, length);
    position += length;
    Atomics.store(shared, FIRST_PROGRESS_WORD + index, position / 1024);
  }
}

/** Says of damage that its place is one of the text, not of the file. A text that ends too early stays so. */
function unpackedOffsets<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof Damage)) throw error;
    throw new Damage(error.offset, `${error.reason} (counted in the unpacked data)`, error.unfinished);
  }
}
