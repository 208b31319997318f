import type { Clock } from '../../kernel/clock.js';
import { hear, inOrder, isFresh } from './book-entry.js';
import type { Candidate, Entry } from './book-entry.js';
import type { Course, CourseFilter } from './course.js';
import { currenciesOf } from './pair.js';
import type { Word } from './quote.js';
import { seriesOf } from './tracked-pair.js';
import type { TrackedPair } from './tracked-pair.js';

export interface BookOptions {
  clock: Clock;
  /** Whether a price in USDT serves where one in USD is asked for. */
  usdtAsUsd: boolean;
  /** Percent by which two sources that live may differ. */
  divergencePct: number;
  /** Pairs of sources, tracked or not, that are held at most. */
  mostSeries: number;
  /** For who publishes without being tracked. */
  foreignStaleAfterMs: number;
}

/** What answers for a pair now. */
export interface Standing {
  readonly pair: string;
  readonly candidate: Candidate;
  readonly isStale: boolean;
  readonly isDiverged: boolean;
}

/**
 * `taken`: it changed something. `same`: it confirmed what was known. `late`: newer is known. `refused`: the book is
 * full, or the pair is tracked no more.
 */
export type Taken = 'taken' | 'same' | 'late' | 'refused';

/**
 * The courses in memory: the last word of each source on each pair, and who answers for a pair now, which is decided
 * when it is asked, so that no course is called fresh after its time.
 */
export class Book {
  readonly #entries = new Map<string, Entry>();
  readonly #candidates = new Map<string, Candidate[]>();
  #tracked = new Map<string, TrackedPair>();

  constructor(private readonly options: BookOptions) {}

  /** Sets priorities and freshness; what a source said of pairs that it is no longer asked for is forgotten. */
  track(tracked: readonly TrackedPair[]): void {
    const before = this.#tracked;
    this.#tracked = new Map(tracked.map((one) => [seriesOf(one), one]));
    for (const [series, entry] of this.#entries) {
      const known = this.#tracked.get(series);
      if (known) Object.assign(entry, { priority: known.priority, staleAfterMs: known.staleAfterMs });
      else if (before.has(series)) this.#forget(series, entry);
    }
    for (const candidates of this.#candidates.values()) candidates.sort(inOrder);
  }

  /** @param own from a feed of this service: it counts for tracked pairs alone */
  take(word: Word, own: boolean): Taken {
    const series = seriesOf(word);
    const entry = this.#entries.get(series);
    if (own && !this.#tracked.has(series)) return 'refused';
    if (!entry && this.#entries.size >= this.options.mostSeries) return 'refused';
    const { clock } = this.options;
    const now = { epoch: clock.now(), monotonic: clock.monotonic() };
    if (!entry) {
      hear(this.#add(word, now.epoch), word, now);
      return 'taken';
    }
    if (word.at < entry.at) return 'late';
    return hear(entry, word, now) ? 'taken' : 'same';
  }

  /** Pairs that an entry of this pair answers for: itself, and what it stands for. */
  served(pair: string): readonly string[] {
    const [base, quote] = currenciesOf(pair);
    const stands = this.options.usdtAsUsd && quote === 'USDT' && base !== 'USD';
    return stands ? [pair, `${base}-USD`] : [pair];
  }

  /** Pairs of which something is known. */
  get size(): number {
    return this.#candidates.size;
  }

  /** Infinite for a source that is not tracked. */
  priorityOf(exchanger: string, pair: string): number {
    return this.#tracked.get(seriesOf({ exchanger, pair }))?.priority ?? Infinity;
  }

  /** Pairs that are asked for, each once. */
  trackedPairs(): string[] {
    return [...new Set([...this.#tracked.values()].map(({ pair }) => pair))];
  }

  /** Whether a pair is asked for, by itself or by what would stand for it. */
  isAwaited(pair: string): boolean {
    return this.trackedPairs().some((tracked) => this.served(tracked).includes(pair));
  }

  /** Every pair of which something is known, in alphabetical order. */
  pairs(): string[] {
    return [...this.#candidates.keys()].sort();
  }

  /** Who answers for a pair: the first by priority that lives, else the last that was heard, which is stale. */
  standing(pair: string): Standing | undefined {
    const candidates = this.#candidates.get(pair);
    if (!candidates) return undefined;
    const now = this.options.clock.monotonic();
    const fresh = candidates.filter(({ entry }) => isFresh(entry, now));
    const best = fresh[0];
    if (!best) return { pair, candidate: newest(candidates), isStale: true, isDiverged: false };
    const isDiverged = fresh.some(({ entry }) => this.#differs(best.entry, entry));
    return { pair, candidate: best, isStale: false, isDiverged };
  }

  /** The word of one source on a pair. */
  standingOf(exchanger: string, pair: string): Standing | undefined {
    const candidate = this.#candidates.get(pair)?.find(({ entry }) => entry.exchanger === exchanger);
    if (!candidate) return undefined;
    const isStale = !isFresh(candidate.entry, this.options.clock.monotonic());
    const isDiverged = !isStale && this.standing(pair)!.isDiverged;
    return { pair, candidate, isStale, isDiverged };
  }

  /** Of one source those prices that it gave itself, unless pairs are named. */
  standings({ exchanger, pairs }: CourseFilter = {}): Standing[] {
    const wanted = pairs ? [...new Set(pairs)] : this.pairs();
    const found = wanted.map((pair) =>
      exchanger === undefined ? this.standing(pair) : this.standingOf(exchanger, pair),
    );
    const own = exchanger !== undefined && !pairs;
    return found.filter((one) => one !== undefined && !(own && one.candidate.quotedIn)) as Standing[];
  }

  #add({ exchanger, pair, valueText, at }: Word, receivedAt: number): Entry {
    const series = seriesOf({ exchanger, pair });
    const known = this.#tracked.get(series);
    const { foreignStaleAfterMs } = this.options;
    const entry: Entry = {
      ...{ exchanger, pair, valueText, at },
      ...{ receivedAt, heardAt: 0, isLive: true, isLate: false, version: 1 },
      priority: known?.priority ?? Infinity,
      staleAfterMs: known?.staleAfterMs ?? foreignStaleAfterMs,
    };
    this.#entries.set(series, entry);
    for (const served of this.served(pair)) {
      const quotedIn = served === pair ? undefined : currenciesOf(pair)[1];
      const candidates = this.#candidates.get(served) ?? [];
      this.#candidates.set(served, [...candidates, { entry, quotedIn }].sort(inOrder));
    }
    return entry;
  }

  #forget(series: string, entry: Entry): void {
    this.#entries.delete(series);
    for (const served of this.served(entry.pair)) {
      const left = (this.#candidates.get(served) ?? []).filter((candidate) => candidate.entry !== entry);
      if (left.length > 0) this.#candidates.set(served, left);
      else this.#candidates.delete(served);
    }
  }

  #differs(a: Entry, b: Entry): boolean {
    const [one, other] = [Number(a.valueText), Number(b.valueText)];
    return Math.abs(one - other) * 100 > this.options.divergencePct * Math.max(one, other);
  }
}

export function courseOf({ pair, candidate: { entry, quotedIn }, isStale, isDiverged }: Standing): Course {
  const { exchanger, valueText, at, receivedAt } = entry;
  return {
    ...{ exchanger, direction: pair, valueText, at, receivedAt, stale: isStale },
    ...(quotedIn === undefined ? {} : { quotedIn }),
    ...(isDiverged ? { diverged: true } : {}),
  };
}

function newest(candidates: readonly Candidate[]): Candidate {
  return candidates.reduce((best, one) => (one.entry.receivedAt > best.entry.receivedAt ? one : best));
}
