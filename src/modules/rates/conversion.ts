import type { Book, Standing } from './book.js';
import { symbolOf } from './coin-ids.js';
import { currenciesOf } from './pair.js';
import type { Conversion } from './rates-api.js';
import { decimalOf, dividedBy, ratioOf, times } from './ratio.js';
import type { Ratio } from './ratio.js';

/** One pair on the way, taken forwards (times its course) or backwards (divided by it). */
interface Step {
  standing: Standing;
  to: string;
  rate: Ratio;
}

const MOST_STEPS = 4;
const STEADY: ReadonlySet<string> = new Set(['USD', 'USDT', 'USDC', 'DAI', 'EUR']);
const ONE: Ratio = { over: 1n, under: 1n };

/**
 * Converts through courses: by fresh ones alone where they lead there, in as few steps as can be. Of ways equally long
 * the one that goes through what holds its value, then the one without stand-ins, then the one whose oldest course is
 * youngest. A course of 0 is never divided by.
 */
export function convertThrough(
  book: Book,
  request: { from: string; to: string; amount: string; now: number },
): Conversion | undefined {
  const { amount, now } = request;
  const [from, to] = [symbolOf(request.from), symbolOf(request.to)];
  const standings = book.standings();
  const fresh = standings.filter(({ isStale }) => !isStale);
  const path = from === to ? [] : (shortest(fresh, from, to) ?? shortest(standings, from, to));
  if (!path) return undefined;
  const rate = path.reduce((product, step) => times(product, step.rate), ONE);
  return {
    ...{ from, to, amount },
    result: decimalOf(times(ratioOf(amount), rate)),
    rate: decimalOf(rate),
    path: path.map(({ standing }) => standing.pair),
    updatedAt: path.length === 0 ? now : oldestAt(path),
    stale: path.some(({ standing }) => standing.isStale),
  };
}

/** Breadth first, level by level; each currency keeps the best of the shortest ways to it. */
function shortest(standings: readonly Standing[], from: string, to: string): Step[] | undefined {
  const stepsFrom = stepsByCurrency(standings);
  const seen = new Set([from]);
  let level = new Map<string, Step[]>([[from, []]]);
  for (let steps = 0; steps < MOST_STEPS && level.size > 0; steps++) {
    const next = new Map<string, Step[]>();
    for (const [currency, path] of level) {
      const onwards = (stepsFrom.get(currency) ?? []).filter((step) => !seen.has(step.to));
      for (const step of onwards) keepBetter(next, step.to, [...path, step]);
    }
    const found = next.get(to);
    if (found) return found;
    for (const currency of next.keys()) seen.add(currency);
    level = next;
  }
  return undefined;
}

function keepBetter(paths: Map<string, Step[]>, to: string, path: Step[]): void {
  const known = paths.get(to);
  if (!known || isBetter(path, known)) paths.set(to, path);
}

/** Of two ways equally long. */
function isBetter(path: Step[], than: Step[]): boolean {
  return (
    (volatile(path) - volatile(than) || standIns(path) - standIns(than) || oldestAt(than) - oldestAt(path)) <
    0
  );
}

/** What lies between moves from one of its courses to the other, the more the less it holds its value. */
function volatile(path: readonly Step[]): number {
  return path.slice(0, -1).filter(({ to }) => !STEADY.has(to)).length;
}

function standIns(path: readonly Step[]): number {
  return path.filter(({ standing }) => standing.candidate.quotedIn !== undefined).length;
}

function stepsByCurrency(standings: readonly Standing[]): Map<string, Step[]> {
  const steps = new Map<string, Step[]>();
  const add = (from: string, step: Step): void => {
    const known = steps.get(from);
    if (known) known.push(step);
    else steps.set(from, [step]);
  };
  for (const standing of standings) {
    const [base, quote] = currenciesOf(standing.pair);
    const rate = ratioOf(standing.candidate.entry.valueText);
    const back = dividedBy(ONE, rate);
    add(base, { standing, to: quote, rate });
    if (back) add(quote, { standing, to: base, rate: back });
  }
  return steps;
}

function oldestAt(path: readonly Step[]): number {
  return Math.min(...path.map(({ standing }) => standing.candidate.entry.at));
}
