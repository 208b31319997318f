import type { Logger } from '../src/kernel/logger.js';

const nothing = (): void => undefined;

/** Benchmarks measure the work, not the terminal. */
export const quietLog: Logger = {
  debug: nothing,
  info: nothing,
  warn: nothing,
  error: nothing,
  fatal: nothing,
  child: () => quietLog,
};
