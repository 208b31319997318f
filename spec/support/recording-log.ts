import type { Logger } from '../../src/kernel/logger.js';

export interface LogEntry {
  level: 'debug' | 'info' | 'warn' | 'error' | 'fatal';
  message: string;
  fields: object;
}

/** A logger that keeps what it is told. */
export class RecordingLog implements Logger {
  readonly entries: LogEntry[];

  constructor(entries: LogEntry[] = []) {
    this.entries = entries;
  }

  debug = (fields: object, message: string): void => this.#keep('debug', fields, message);
  info = (fields: object, message: string): void => this.#keep('info', fields, message);
  warn = (fields: object, message: string): void => this.#keep('warn', fields, message);
  error = (fields: object, message: string): void => this.#keep('error', fields, message);
  fatal = (fields: object, message: string): void => this.#keep('fatal', fields, message);

  child(): Logger {
    return new RecordingLog(this.entries);
  }

  messages(level: LogEntry['level']): string[] {
    return this.entries.filter((entry) => entry.level === level).map((entry) => entry.message);
  }

  #keep(level: LogEntry['level'], fields: object, message: string): void {
    this.entries.push({ level, fields, message });
  }
}
