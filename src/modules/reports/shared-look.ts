import { sleep, systemClock } from '../../kernel/clock.js';
import type { Clock } from '../../kernel/clock.js';

/** From the beginning of one look to that of the next where many ask: a look costs more than what it is for, when all is in memory. */
export const LOOK_EVERY_MS = 4;

/**
 * Looks once for all who ask at about the same time. A look that was begun before somebody asked is not theirs, as what it
 * saw may be older than their question: they share the next one, which begins when this one is over, and `LOOK_EVERY_MS`
 * after it began.
 */
export function sharedLook<T>(look: () => Promise<T>, clock: Clock = systemClock): () => Promise<T> {
  let beganAt = -Infinity;
  let running: Promise<T> | undefined;
  let next: Promise<T> | undefined;

  function begin(): Promise<T> {
    next = undefined;
    beganAt = clock.monotonic();
    const own = look();
    running = own;
    const over = (): void => void (running === own && (running = undefined));
    own.then(over, over);
    return own;
  }

  async function beginLater(): Promise<T> {
    await running?.catch(() => undefined);
    const restMs = beganAt + LOOK_EVERY_MS - clock.monotonic();
    if (restMs > 0) await sleep(clock, restMs);
    return begin();
  }

  return () => (running || next ? (next ??= beginLater()) : begin());
}
