import { systemClock } from '../../kernel/clock.js';

/** What waits for a slow reader of stdout. */
const MOST_WAITING_BYTES = 16 * 1024 * 1024;
/** Written at once when there is so much, in the middle of a turn too. */
const MOST_KEPT_CHARS = 64 * 1024;
/** Between two writes while lines keep coming; the first after a rest waits for the end of its turn alone. */
const WRITE_EVERY_MS = 10;

export interface StandardOutput {
  isTTY: boolean;
  write: (line: string) => void;
}

let kept = '';
let isDue = false;
let writtenAt = -Infinity;
let isPrepared = false;

/**
 * Lines to stdout, which on a file or pipe is a system call that blocks: those of one turn of the event loop are
 * written together, those of 10 ms where they come in every turn. A normal or failing end of the process loses none.
 */
export function standardOutput(): StandardOutput {
  if (!isPrepared) {
    isPrepared = true;
    // Without a listener, a pipe whose reader ended would end this process too.
    process.stdout.on('error', readerHasGone);
    process.on('exit', flush);
  }
  return { isTTY: process.stdout.isTTY, write };
}

function write(line: string): void {
  kept += line;
  if (kept.length >= MOST_KEPT_CHARS) return flush();
  if (isDue) return;
  isDue = true;
  const waitMs = writtenAt + WRITE_EVERY_MS - systemClock.monotonic();
  if (waitMs > 0) systemClock.after(waitMs, whenDue);
  else setImmediate(whenDue);
}

function whenDue(): void {
  isDue = false;
  flush();
}

function flush(): void {
  const lines = kept;
  writtenAt = systemClock.monotonic();
  kept = '';
  if (lines !== '' && process.stdout.writableLength < MOST_WAITING_BYTES) process.stdout.write(lines);
}

function readerHasGone(): void {
  // There is nowhere left to tell it.
}
