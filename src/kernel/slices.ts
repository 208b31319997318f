import type { Clock } from './clock.js';

const SLICE_MS = 3;
const LOOK_EVERY = 32;

/** Calls `each` for all of `items`, giving up the turn every few milliseconds so that nothing else waits for long. */
export async function inSlices<T>(clock: Clock, items: Iterable<T>, each: (item: T) => void): Promise<void> {
  let done = 0;
  let begun = clock.monotonic();
  for (const item of items) {
    each(item);
    if (++done % LOOK_EVERY !== 0 || clock.monotonic() - begun < SLICE_MS) continue;
    await new Promise((resolve) => setImmediate(resolve));
    begun = clock.monotonic();
  }
}
