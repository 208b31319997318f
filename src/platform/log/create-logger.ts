import { pino } from 'pino';
import { PinoPretty } from 'pino-pretty';
import type { Logger } from '../../kernel/logger.js';
import { redacted } from './redact.js';

export type LogLevel = 'debug' | 'info' | 'warn' | 'error' | 'fatal';

export interface LoggerOptions {
  /** The least level that is written. Default `info`. */
  level?: LogLevel;
  /** For people, in colour, instead of one JSON object a line. Default: whether stdout is a terminal. */
  pretty?: boolean;
  /** Default: stdout. */
  destination?: NodeJS.WritableStream;
}

/** A log on pino. Values under keys that name a secret are hidden at any depth, in every call. */
export function createLogger(options: LoggerOptions = {}): Logger {
  const destination = options.destination ?? process.stdout;
  const pretty = options.pretty ?? (destination as { isTTY?: boolean }).isTTY === true;
  const stream = pretty
    ? PinoPretty({ destination, sync: false, ignore: 'pid,hostname', singleLine: true })
    : destination;
  return adapted(
    pino(
      {
        level: options.level ?? 'info',
        timestamp: pino.stdTimeFunctions.isoTime,
        formatters: {
          level: (label) => ({ level: label }),
          log: (fields) => redacted(fields) as Record<string, unknown>,
        },
        serializers: { err: (value: unknown) => value },
      },
      stream,
    ),
  );
}

type PinoLogger = ReturnType<typeof pino>;

function adapted(log: PinoLogger): Logger {
  return {
    debug: (fields, message) => log.debug(fields, message),
    info: (fields, message) => log.info(fields, message),
    warn: (fields, message) => log.warn(fields, message),
    error: (fields, message) => log.error(fields, message),
    fatal: (fields, message) => log.fatal(fields, message),
    child: (fields) => adapted(log.child(redacted(fields) as object)),
  };
}
