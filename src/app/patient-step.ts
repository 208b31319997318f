import { sleep } from '../kernel/clock.js';
import type { Clock } from '../kernel/clock.js';
import { AppError } from '../kernel/errors.js';
import type { Logger } from '../kernel/logger.js';

const PAUSE_MS = 500;

/** Makes a step of the start one that is taken again for as long as it fails by what may pass: a database away or full. */
export function patiently(
  step: () => Promise<unknown>,
  { clock, log, isStopping }: { clock: Clock; log: Logger; isStopping: () => boolean },
): () => Promise<void> {
  return async () => {
    while (!isStopping()) {
      try {
        await step();
        return;
      } catch (error) {
        if (!(error instanceof AppError && error.retryable)) throw error;
        log.warn({ code: error.code, error: error.message }, 'the start waits for what is away');
        await sleep(clock, PAUSE_MS);
      }
    }
  };
}
