import type { Clock } from './clock.js';

const SLICE_MS = 3;
/** Work that took so long leaves no more of the turn to what follows: several in a row would hold it for the sum. */
const SHORT_MS = 1;
const LOOK_EVERY = 32;

/** Calls `each` for all of `items`, giving up the turn every few milliseconds so that nothing else waits for long. */
export async function inSlices<T>(clock: Clock, items: Iterable<T>, each: (item: T) => void): Promise<void> {
  const iterator = items[Symbol.iterator]();
  await giveTurns(clock, () => {
    const next = iterator.next();
    if (!next.done) each(next.value);
    return !next.done;
  });
}

/** The same for work that says by itself whether there is more; the time is looked at after each `lookEvery` calls. */
export async function giveTurns(clock: Clock, step: () => boolean, lookEvery = LOOK_EVERY): Promise<void> {
  let done = 0;
  let begun = clock.monotonic();
  while (step()) {
    if (++done % lookEvery !== 0 || clock.monotonic() - begun < SLICE_MS) continue;
    await nextTurn();
    begun = clock.monotonic();
  }
  if (clock.monotonic() - begun >= SHORT_MS) await nextTurn();
}

function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
