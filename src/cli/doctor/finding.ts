import type { Config } from '../../app/config.js';

/** `warn`: it works, but look at it. `fail`: it does not, or not for long. */
export type FindingStatus = 'ok' | 'warn' | 'fail';

export interface Finding {
  /** What was looked at: `database`, `queue task_report`. */
  check: string;
  status: FindingStatus;
  found: string;
  /** What to do; null where there is nothing. */
  todo: string | null;
}

export interface CheckContext {
  config: Config;
  /** Aborts when the check has had its time: what it holds open must be let go then. */
  signal: AbortSignal;
}

/** Looks at one thing and changes nothing. What it throws is a failure of what it looked at. */
export interface Check {
  name: string;
  run: (context: CheckContext) => Promise<Finding[]> | Finding[];
}

export function ok(check: string, found: string): Finding {
  return { check, status: 'ok', found, todo: null };
}

export function warn(check: string, found: string, todo: string): Finding {
  return { check, status: 'warn', found, todo };
}

export function fail(check: string, found: string, todo: string): Finding {
  return { check, status: 'fail', found, todo };
}
