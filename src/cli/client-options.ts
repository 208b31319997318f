import { Option } from 'commander';
import type { Command } from 'commander';
import { serviceUrl } from './addresses.js';
import { readCliEnvironment } from './cli-environment.js';
import { CliError } from './cli-error.js';
import { EXIT } from './exit-codes.js';
import { wholeNumber } from './option-values.js';

const DEFAULT_ADDRESS = '127.0.0.1:8000';

/** What every command that calls the service takes. */
export interface ServiceOptions {
  url?: string;
  token?: string;
}

/** And those that wait for reports. */
export interface ClientOptions extends ServiceOptions {
  /** Seconds. */
  timeout: number;
}

export function addClientOptions(command: Command): Command {
  return addServiceOptions(command).addOption(timeoutOption());
}

export function addServiceOptions(command: Command): Command {
  return command
    .option(
      '-u, --url <address>',
      `the service, with or without http:// (default: SWITCHYARD_URL or ${DEFAULT_ADDRESS})`,
    )
    .option(
      '--token <token>',
      'access token; SWITCHYARD_TOKEN is read where it is not given, and not seen by others',
    );
}

/** Longer than the deadline that tasks have by default, so that the service says what became of them. */
export function timeoutOption(): Option {
  return new Option('--timeout <seconds>', 'longest wait for one report')
    .argParser(wholeNumber(1, 86_400))
    .default(660);
}

export function serviceOf(options: ServiceOptions): { url: URL; token: string | undefined } {
  const environment = readCliEnvironment();
  const token = options.token ?? environment.token;
  if (token !== undefined && !/^[\x21-\x7e]+$/.test(token)) {
    throw new CliError('the token has characters that no token has', EXIT.usage);
  }
  if (options.url !== undefined) return { url: serviceUrl(options.url, '--url'), token };
  return { url: serviceUrl(environment.url ?? DEFAULT_ADDRESS, 'SWITCHYARD_URL'), token };
}
