import type { Word } from './quote.js';

/** What a source said last of one pair. */
export interface Entry {
  readonly exchanger: string;
  readonly pair: string;
  valueText: string;
  at: number;
  receivedAt: number;
  /** Monotonic ms at which its source last said or confirmed it. */
  heardAt: number;
  /** False: the source said itself that it is lost. */
  isLive: boolean;
  /** It was old already when it came. */
  isLate: boolean;
  /** Lower is asked first; infinite for who publishes without being tracked. */
  priority: number;
  staleAfterMs: number;
  /** Changes with value or time. */
  version: number;
}

/** One who can answer for a pair. */
export interface Candidate {
  readonly entry: Entry;
  readonly quotedIn: string | undefined;
}

/** Trades that are older than this when they come are shown, and not taken for fresh. */
const MOST_LAG_MS = 60_000;

export function isFresh(entry: Entry, monotonicNow: number): boolean {
  return entry.isLive && !entry.isLate && monotonicNow - entry.heardAt <= entry.staleAfterMs;
}

/** Whether a price of `at` is old already when it comes. */
export function isLateAt(at: number, now: number, staleAfterMs: number): boolean {
  return now - at > Math.max(MOST_LAG_MS, staleAfterMs);
}

/** Puts a word into its entry; false where it is older than what is there, or says nothing new of value or time. */
export function hear(entry: Entry, word: Word, now: { epoch: number; monotonic: number }): boolean {
  if (word.at < entry.at || (word.kind === 'again' && word.at === entry.at && entry.heardAt > 0))
    return false;
  const isChange = word.valueText !== entry.valueText || word.at !== entry.at;
  const wasLive = entry.isLive;
  if (isChange) {
    [entry.valueText, entry.at] = [word.valueText, word.at];
    entry.version++;
  }
  entry.isLive = word.kind !== 'lost';
  if (word.kind === 'new') entry.isLate = isLateAt(word.at, now.epoch, entry.staleAfterMs);
  if (word.kind === 'holds' || word.kind === 'again') entry.isLate = false;
  if (entry.isLive) [entry.heardAt, entry.receivedAt] = [now.monotonic, now.epoch];
  return isChange || wasLive !== entry.isLive;
}

/** By priority; its own price of the pair before one that stands for it. */
export function inOrder(a: Candidate, b: Candidate): number {
  return (
    rank(a.entry.priority) - rank(b.entry.priority) ||
    Number(a.quotedIn !== undefined) - Number(b.quotedIn !== undefined) ||
    (a.entry.exchanger < b.entry.exchanger ? -1 : 1)
  );
}

function rank(priority: number): number {
  return Math.min(priority, Number.MAX_SAFE_INTEGER);
}
