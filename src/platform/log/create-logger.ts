import { pino } from 'pino';
import type { Logger as PinoLogger } from 'pino';
import { prettyFactory } from 'pino-pretty';
import { systemClock, toRfc3339 } from '../../kernel/clock.js';
import type { Logger } from '../../kernel/logger.js';
import { cleanFields } from './clean-fields.js';
import { cleanText } from './clean-text.js';
import { isPlain, plainMembers } from './plain-members.js';
import { standardOutput } from './standard-output.js';

export type LogLevel = 'debug' | 'info' | 'warn' | 'error' | 'fatal';

/** Takes whole lines. */
export interface LogDestination {
  write(line: string): unknown;
}

export interface LoggerOptions {
  /** The least level that is written. Default `info`. */
  level?: LogLevel;
  /** For people, in colour, instead of one JSON object a line. Default: whether the destination is a terminal. */
  pretty?: boolean;
  /** Default: stdout, once a turn of the event loop or in 10 ms; lines are dropped where its reader has gone, or is 16 MiB behind. */
  destination?: LogDestination;
}

/**
 * A log on pino: `level` as a word, `time` as RFC 3339 in UTC, the fields, `msg`. Values under keys that name
 * a secret and credentials in URLs are hidden at any depth, in fields, messages, stacks and children.
 */
export function createLogger(options: LoggerOptions = {}): Logger {
  const destination = options.destination ?? standardOutput();
  const isTerminal = (destination as { isTTY?: boolean }).isTTY === true;
  const lines = (options.pretty ?? isTerminal) ? prettified(destination, isTerminal) : destination;
  const target = pino(
    {
      level: options.level ?? 'info',
      base: null,
      timestamp: isoTime,
      formatters: { level: (label) => ({ level: label }) },
      serializers: { err: (value: unknown) => value }, // cleanFields has spelled it out
    },
    lines,
  );
  return adapted(target, lines);
}

let lastMs = -1;
let lastTime = '';

/** Many lines fall into one millisecond. */
function isoTime(): string {
  const now = systemClock.now();
  if (now !== lastMs) {
    lastMs = now;
    lastTime = `,"time":"${toRfc3339(now)}"`;
  }
  return lastTime;
}

function prettified(destination: LogDestination, colorize: boolean): LogDestination {
  const format = prettyFactory({ colorize, translateTime: 'SYS:HH:MM:ss.l', singleLine: true });
  return { write: (line) => destination.write(format(line)) };
}

/** What is plain is written as it is, to the form that pino has; all else goes through pino. */
function adapted(target: PinoLogger, lines: LogDestination): Logger {
  const bindings = JSON.stringify(target.bindings()).slice(1, -1);
  const bound = bindings === '' ? '' : `,${bindings}`;
  const write =
    (level: LogLevel) =>
    (fields: object, message: string): void => {
      if (!target.isLevelEnabled(level)) return;
      const members = isPlain(message) ? plainMembers(fields) : undefined;
      if (members === undefined) target[level](cleanFields(fields), cleanText(message));
      else lines.write(`{"level":"${level}"${isoTime()}${bound}${members},"msg":"${message}"}\n`);
    };
  return {
    debug: write('debug'),
    info: write('info'),
    warn: write('warn'),
    error: write('error'),
    fatal: write('fatal'),
    child: (fields) => adapted(target.child(cleanFields(fields)), lines),
  };
}
