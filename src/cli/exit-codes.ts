import { CONFIG_EXIT_CODE } from '../app/config-error.js';

/** What the command line client ends with; numbers from 64 on are those of sysexits.h. */
export const EXIT = {
  ok: 0,
  /** The work was refused or failed. */
  failed: 1,
  /** The command line is wrong. */
  usage: 2,
  /** Nobody answers at the address. */
  unreachable: 69,
  /** Not now: too busy, or not ended in time; the same may work later. */
  temporary: 75,
  /** No token, an unknown one, or one without the role. */
  notAllowed: 77,
  configuration: CONFIG_EXIT_CODE,
  /** Ctrl-C. */
  interrupted: 130,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

export const EXIT_CODE_HELP = `
Exit codes:
  0 ok                     69 service unreachable    78 configuration
  1 failed work            75 temporary, try later   130 interrupted
  2 usage                  77 not allowed`;
