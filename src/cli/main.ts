#!/usr/bin/env node
import { CommanderError } from 'commander';
import { ConfigError } from '../app/config-error.js';
import { AppError, messageOf } from '../kernel/errors.js';
import { CliError } from './cli-error.js';
import { EXIT } from './exit-codes.js';
import { createProgram } from './program.js';
import { printable } from './terminal-text.js';

/** The exit code of whatever a command ended with, after telling it on stderr. */
function tell(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.usage;
  if (error instanceof ConfigError) return say(error.message, error.exitCode);
  if (error instanceof AppError) {
    const errors = error.errors.map(({ pointer, detail }) => `  ${pointer}: ${detail}`);
    return say(printable([error.message, ...errors].join('\n')), exitCodeOf(error));
  }
  if (!(error instanceof CliError)) return say(`unexpected: ${printable(messageOf(error))}`, EXIT.failed);
  return say([error.message, ...error.details.map((line) => `  ${line}`)].join('\n'), error.exitCode);
}

function exitCodeOf({ kind }: AppError): number {
  if (kind === 'unavailable') return EXIT.unreachable;
  if (kind === 'too-many') return EXIT.temporary;
  if (kind === 'invalid') return EXIT.usage;
  return kind === 'forbidden' || kind === 'unauthenticated' ? EXIT.notAllowed : EXIT.failed;
}

function say(text: string, exitCode: number): number {
  process.stderr.write(`switchyard: ${text}\n`);
  return exitCode;
}

// A reader that has seen enough (`| head`) is no failure.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  process.exit(error.code === 'EPIPE' ? EXIT.ok : EXIT.failed);
});

try {
  await createProgram().parseAsync();
} catch (error) {
  process.exitCode = tell(error);
}
