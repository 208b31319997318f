import type { Clock } from '../../../kernel/clock.js';
import { isLateAt } from '../book-entry.js';
import { canonicalDecimal } from '../decimal.js';
import type { Word } from '../quote.js';
import { seriesOf } from '../tracked-pair.js';
import type { TrackedPair } from '../tracked-pair.js';
import type { DropReason, PriceSink } from './source.js';

export interface PriceDeskDeps {
  clock: Clock;
  /** Takes what has become known. */
  word: (word: Word) => void;
  dropped: (exchanger: string, reason: DropReason) => void;
  /** A source's clock is not ours: `ahead` of it, or so far `behind` that the price is old when it comes. */
  skewed: (exchanger: string, how: 'ahead' | 'behind') => void;
  changed: () => void;
}

/** Further ahead than this is no matter of milliseconds between two clocks. */
const MOST_AHEAD_MS = 5_000;

const TOLD_AGO_MS = 1_000;
/** What a date can hold. */
const MOST_TIME_MS = 8.64e15;

interface Last {
  word: Word;
  isLate: boolean;
  isLost: boolean;
  /** Monotonic ms at which it was told last. */
  toldAt: number;
}

/**
 * Makes words of what sources tell, by the same rules for all: a price is a decimal; one that comes from the future
 * has the time of its receipt; one that is old when it comes keeps its time, and nobody takes it for fresh; one that
 * is older than the last is left out.
 */
export function createPriceDesk({ clock, word, dropped, skewed, changed }: PriceDeskDeps) {
  const lasts = new Map<string, Last>();

  function timeOf(exchanger: string, at: number | undefined, now: number): number {
    if (at === undefined) return now;
    if (at - now <= MOST_AHEAD_MS) return at;
    skewed(exchanger, 'ahead');
    return now;
  }

  function tell(last: Last, kind: Word['kind']): void {
    last.toldAt = clock.monotonic();
    word({ ...last.word, kind });
  }

  function tellAll(targets: Iterable<TrackedPair>, kind: 'holds' | 'lost'): void {
    for (const target of targets) {
      const last = lasts.get(seriesOf(target));
      if (!last || (kind === 'holds' && !mayHold(last, target))) continue;
      last.isLost = kind === 'lost';
      tell(last, kind);
    }
  }

  /** Who told a price just now need not say that it holds; one that was old when it came never does. */
  function mayHold({ isLate, toldAt }: Last, { staleAfterMs }: TrackedPair): boolean {
    return !isLate && clock.monotonic() - toldAt >= Math.min(TOLD_AGO_MS, staleAfterMs / 6);
  }

  const sink: PriceSink = {
    price(target, value, given) {
      const { exchanger, pair } = target;
      const valueText = canonicalDecimal(value);
      if (valueText === undefined || (given !== undefined && !(given >= 0 && given <= MOST_TIME_MS)))
        return dropped(exchanger, 'malformed');
      const now = clock.now();
      const at = timeOf(exchanger, given, now);
      const series = seriesOf(target);
      const last = lasts.get(series);
      if (last && at < last.word.at) return dropped(exchanger, 'late');
      const isLate = isLateAt(at, now, target.staleAfterMs);
      if (isLate) skewed(exchanger, 'behind');
      const said: Word = { exchanger, pair, valueText, at, kind: 'new' };
      lasts.set(series, { word: said, isLate, isLost: false, toldAt: clock.monotonic() });
      word(said);
    },
    holds: (targets) => tellAll(targets, 'holds'),
    lost: (targets) => tellAll(targets, 'lost'),
    dropped,
    changed,
  };
  return {
    sink,
    /** Tells again what was told longer ago, as somebody may not have heard it. */
    again(longerAgoMs: number): void {
      const before = clock.monotonic() - longerAgoMs;
      for (const last of lasts.values())
        if (last.toldAt <= before && !last.isLost && !last.isLate) tell(last, 'again');
    },
    /** Forgets all but these. */
    keep(targets: readonly TrackedPair[]): void {
      const kept = new Set(targets.map(seriesOf));
      for (const series of lasts.keys()) if (!kept.has(series)) lasts.delete(series);
    },
  };
}

export type PriceDesk = ReturnType<typeof createPriceDesk>;
