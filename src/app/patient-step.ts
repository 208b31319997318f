import { sleep } from '../kernel/clock.js';
import type { Clock } from '../kernel/clock.js';
import { AppError } from '../kernel/errors.js';
import type { Logger } from '../kernel/logger.js';

const PAUSE_MS = 500;

export interface Patience {
  clock: Clock;
  log: Logger;
  isStopping: () => boolean;
}

/** Makes a step of the start one that is taken again for as long as it fails by what may pass: a database away or full. */
export function patiently(
  step: () => Promise<unknown>,
  { clock, log, isStopping }: Patience,
): () => Promise<void> {
  return async () => {
    let said: string | undefined;
    while (!isStopping()) {
      try {
        await step();
        return;
      } catch (error) {
        if (!(error instanceof AppError && error.retryable)) throw error;
        const { code, message } = error;
        if (message !== said) log.warn({ code, error: message }, 'the start waits for what is away');
        said = message;
        await sleep(clock, PAUSE_MS);
      }
    }
  };
}
