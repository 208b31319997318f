import { CliError } from './cli-error.js';
import { EXIT } from './exit-codes.js';
import type { ExitCode } from './exit-codes.js';
import type { ApiProblem } from './api-types.js';
import { printable } from './terminal-text.js';

/** The service answered, and the answer is no. */
export class ApiRefusal extends CliError {
  constructor(
    readonly status: number,
    readonly problem: ApiProblem,
    /** Seconds, where the answer says when to come again. */
    readonly retryAfterS: number | undefined,
  ) {
    const what = problem.detail ?? problem.title ?? 'the answer does not say why';
    super(printable(`${what} (${[status, problem.code].filter(Boolean).join(', ')})`), exitCodeOf(status), [
      ...(problem.errors ?? []).slice(0, 20).map(({ pointer, detail }) => printable(`${pointer}: ${detail}`)),
      ...(problem.request_id ? [printable(`request id ${problem.request_id}`)] : []),
    ]);
  }
}

const TEMPORARY = [429, 502, 503, 504];

function exitCodeOf(status: number): ExitCode {
  if (status === 401 || status === 403) return EXIT.notAllowed;
  return TEMPORARY.includes(status) ? EXIT.temporary : EXIT.failed;
}

/** What stands in a refusal's body; anything but problem details counts as not said. */
export function problemOf(body: string): ApiProblem {
  try {
    const value: unknown = JSON.parse(body);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : {};
  } catch {
    return {};
  }
}

const SLOW = ['UND_ERR_HEADERS_TIMEOUT', 'UND_ERR_BODY_TIMEOUT'];
const REASONS: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'connection refused',
  ECONNRESET: 'the connection broke',
  EPIPE: 'the connection broke',
  UND_ERR_SOCKET: 'the connection broke',
  ENOTFOUND: 'unknown host',
  EAI_AGAIN: 'the host name could not be looked up',
  UND_ERR_CONNECT_TIMEOUT: 'no answer to the attempt to connect',
};

/** The line for a call that got no answer. `where` is the service's address. */
export function unreachable(error: unknown, where: string): CliError {
  const code = codeOf(error);
  if (SLOW.includes(code)) return new CliError(`${where} takes too long to answer`, EXIT.temporary);
  const reason = REASONS[code] ?? (error instanceof Error ? printable(error.message) : 'the call failed');
  return new CliError(`cannot reach the service at ${where}: ${reason}`, EXIT.unreachable);
}

/** A host name with several addresses fails with one error for each. */
function codeOf(error: unknown): string {
  const inner: unknown = error instanceof AggregateError ? error.errors[0] : error;
  const code = (inner as { code?: unknown } | undefined)?.code;
  return typeof code === 'string' ? code : '';
}
