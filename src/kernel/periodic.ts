import type { Clock, Timer } from './clock.js';
import { messageOf } from './errors.js';
import type { Logger } from './logger.js';

/** Runs `job` every `everyMs` after the last run ended; a failed run is logged and the next one comes all the same. */
export function periodically(
  options: { clock: Clock; log: Logger; everyMs: number; what: string },
  job: () => Promise<void>,
): { start(): void; stop(): Promise<void> } {
  let timer: Timer | undefined;
  let running: Promise<void> = Promise.resolve();
  let active = false;

  const run = async (): Promise<void> => {
    try {
      await job();
    } catch (error) {
      options.log.warn({ error: messageOf(error) }, `${options.what} failed; trying again`);
    }
    plan();
  };
  const plan = (): void => {
    if (!active) return;
    timer = options.clock.after(options.everyMs, () => {
      running = run();
    });
  };
  return {
    start() {
      if (active) return;
      active = true;
      plan();
    },
    async stop() {
      active = false;
      timer?.cancel();
      await running;
    },
  };
}
