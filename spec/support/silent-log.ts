import type { Logger } from '../../src/kernel/logger.js';

const ignore = (): void => undefined;

/** A log that nobody reads. */
export const silentLog: Logger = {
  debug: ignore,
  info: ignore,
  warn: ignore,
  error: ignore,
  fatal: ignore,
  child: () => silentLog,
};
