import { EXIT } from './exit-codes.js';
import type { ExitCode } from './exit-codes.js';

/** An end of a command that its user is told in a few plain lines, without a stack. */
export class CliError extends Error {
  constructor(
    message: string,
    readonly exitCode: ExitCode,
    /** Further lines, shown indented. */
    readonly details: readonly string[] = [],
  ) {
    super(message);
    this.name = 'CliError';
  }
}

/** The user pressed Ctrl-C. */
export function interrupted(): CliError {
  return new CliError('interrupted', EXIT.interrupted);
}
