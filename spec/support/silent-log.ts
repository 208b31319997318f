import type { Logger } from '../../src/kernel/logger.js';

const nothing = (): void => undefined;

/** For parts whose log a spec does not look at. */
export const silentLog: Logger = {
  debug: nothing,
  info: nothing,
  warn: nothing,
  error: nothing,
  fatal: nothing,
  child: () => silentLog,
};
