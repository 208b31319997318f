/**
 * Durations counted in classes that grow by a ninth of an octave, so that what several replicas counted can be added up
 * and still tell quantiles within 4 %. A millisecond and below is the first class, a day and above the last.
 */
const CLASSES_PER_OCTAVE = 9;
const LAST_CLASS = Math.ceil(Math.log2(86_400_000) * CLASSES_PER_OCTAVE);

/** How many durations fell into each class. */
export type LatencyHistogram = ReadonlyMap<number, number>;

export class LatencyTally {
  readonly #counts = new Map<number, number>();

  add(ms: number): void {
    const index = classOf(ms);
    this.#counts.set(index, (this.#counts.get(index) ?? 0) + 1);
  }

  counts(): LatencyHistogram {
    return this.#counts;
  }
}

/** Several histograms as one. */
export function addUp(histograms: Iterable<LatencyHistogram>): LatencyHistogram {
  const sum = new Map<number, number>();
  for (const histogram of histograms) {
    for (const [index, count] of histogram) sum.set(index, (sum.get(index) ?? 0) + count);
  }
  return sum;
}

/** The duration in ms that the share `q` (0 to 1) of all stays within; null where there is none. */
export function quantile(histogram: LatencyHistogram, q: number): number | null {
  const ascending = [...histogram].sort(([a], [b]) => a - b);
  const total = ascending.reduce((sum, [, count]) => sum + count, 0);
  let left = Math.ceil(total * q);
  for (const [index, count] of ascending) {
    left -= count;
    if (left <= 0) return middleOf(index);
  }
  return null;
}

/** `12:3 15:1`: what is stored. */
export function toText(histogram: LatencyHistogram): string {
  return [...histogram].map(([index, count]) => `${index}:${count}`).join(' ');
}

export function fromText(text: string): LatencyHistogram {
  const entries = text === '' ? [] : text.split(' ');
  return new Map(
    entries.map((entry): [number, number] => {
      const [index = '0', count = '0'] = entry.split(':');
      return [Number(index), Number(count)];
    }),
  );
}

function classOf(ms: number): number {
  if (!(ms > 1)) return 0;
  return Math.min(LAST_CLASS, Math.ceil(Math.log2(ms) * CLASSES_PER_OCTAVE));
}

/** The geometric middle of a class, in whole ms where that is exact enough. */
function middleOf(index: number): number {
  if (index === 0) return 1;
  const ms = 2 ** ((index - 0.5) / CLASSES_PER_OCTAVE);
  return ms < 100 ? Math.round(ms * 10) / 10 : Math.round(ms);
}
