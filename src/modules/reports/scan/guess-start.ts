import { Damage } from './damage.js';
import { GeneralScanner } from './general-scanner.js';
import { LINE_FEED, OPEN_OBJECT, skipSpace } from './json-bytes.js';

const MOST_CANDIDATES = 64;
/** Records in a row that must hold at a place before it is believed. */
const CONVINCING = 3;

/**
 * The first place in `bytes` where some records in a row look right, or −1. It may be wrong (in a long string, say),
 * so it is only a guess, but one that holds for all but odd files.
 */
export function guessStart(bytes: Uint8Array, end: number): number {
  let tried = 0;
  for (let at = bytes.indexOf(OPEN_OBJECT); at >= 0 && at < end; at = bytes.indexOf(OPEN_OBJECT, at + 1)) {
    if (convinces(bytes, at, end)) return at;
    if (++tried === MOST_CANDIDATES) break;
  }
  return -1;
}

/** The first element behind the first end of a line, or −1. Not even a string holds a line feed, so it is no guess. */
export function firstOfLine(bytes: Uint8Array, end: number): number {
  const lineEnd = bytes.indexOf(LINE_FEED);
  if (lineEnd < 0 || lineEnd >= end) return -1;
  const at = skipSpace(bytes, lineEnd, end);
  return at === end ? -1 : at;
}

function convinces(bytes: Uint8Array, from: number, end: number): boolean {
  const trial = new GeneralScanner({ at: 'element', limit: Infinity, sums: null, skipInvalid: false });
  let at = from;
  let records = 0;
  try {
    while (at < end && records < CONVINCING && !trial.closed) {
      at = trial.read(bytes, at, end, 0);
      if (trial.atElement) records++;
    }
  } catch (error) {
    if (error instanceof Damage) return false;
    throw error;
  }
  return records > 0 || trial.closed;
}
