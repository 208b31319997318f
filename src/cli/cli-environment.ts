// The client runs on other machines than the service and has settings of its own, so it reads the environment
// itself, here alone, and not through the service's configuration.

export interface CliEnvironment {
  url: string | undefined;
  token: string | undefined;
  /** https://no-color.org */
  noColor: boolean;
}

export function readCliEnvironment(): CliEnvironment {
  const { SWITCHYARD_URL, SWITCHYARD_TOKEN, NO_COLOR } = process.env;
  return {
    url: SWITCHYARD_URL || undefined,
    token: SWITCHYARD_TOKEN || undefined,
    noColor: Boolean(NO_COLOR),
  };
}

/** Whether bars, spinners and colours may be shown on stderr. */
export function isInteractive(): boolean {
  return process.stderr.isTTY && process.env['TERM'] !== 'dumb';
}
