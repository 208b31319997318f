// The client runs on other machines than the service and has settings of its own, so it reads the environment
// itself, here alone, and not through the service's configuration.

export interface CliEnvironment {
  url: string | undefined;
  token: string | undefined;
  /** What webhooks that come here are signed with. */
  webhookSecret: string | undefined;
  /** https://no-color.org */
  noColor: boolean;
}

export function readCliEnvironment(): CliEnvironment {
  const { SWITCHYARD_URL, SWITCHYARD_TOKEN, SWITCHYARD_WEBHOOK_SECRET, NO_COLOR } = process.env;
  return {
    url: SWITCHYARD_URL || undefined,
    token: SWITCHYARD_TOKEN || undefined,
    webhookSecret: SWITCHYARD_WEBHOOK_SECRET || undefined,
    noColor: Boolean(NO_COLOR),
  };
}

/**
 * Whether bars, spinners and colours may be shown on `stream`. A terminal that does not know its width
 * (0 columns, in some containers) would make the spinner clear lines for ever.
 */
export function isInteractive(stream: { isTTY: boolean; columns: number } = process.stderr): boolean {
  return stream.isTTY && stream.columns > 0 && process.env['TERM'] !== 'dumb';
}
