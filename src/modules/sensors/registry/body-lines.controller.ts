import type { IncomingMessage } from 'node:http';
import { parse } from 'csv-parse';
import type { Request } from 'koa';
import { AppError } from '../../../kernel/errors.js';
import type { ImportRow } from './import-sensors.js';

/** Bytes of one line; a longer one is named, and passed over. */
const MOST_LINE_BYTES = 64 * 1024;

export interface BodyLine {
  /** From 1, as an editor counts. */
  line: number;
  bytes: Buffer;
  isTooLong: boolean;
}

/** Bounds of a body that is read line by line. */
export interface BodyBounds {
  mostBytes: number;
  mostLines: number;
}

export const NDJSON = ['application/x-ndjson', 'application/ndjson', 'application/jsonl'] as const;
export const CSV = ['text/csv'] as const;

/** Which of the types the body is said to be of. Throws a 415 for none of them. */
export function typeOfBody<T extends string>({ req }: Request, types: readonly T[]): T {
  const given = (req.headers['content-type'] ?? '').split(';')[0]!.trim().toLowerCase();
  const found = types.find((type) => type === given);
  if (found !== undefined && (req.headers['content-encoding'] ?? 'identity') === 'identity') return found;
  throw new AppError(`The body must be ${types.join(' or ')}, got ${JSON.stringify(given.slice(0, 64))}`, {
    code: 'request.unsupported-media-type',
    kind: 'unsupported-media-type',
  });
}

/** The lines of a body as they come, empty ones left out. Throws a 413 beyond the bounds, a 400 where it is cut off. */
export async function* bodyLines(request: IncomingMessage, bounds: BodyBounds): AsyncIterable<BodyLine> {
  let rest = Buffer.alloc(0);
  let line = 0;
  let isTooLong = false;
  for await (const chunk of boundedChunks(request, bounds.mostBytes)) {
    let from = 0;
    for (let end = chunk.indexOf(10, from); end >= 0; end = chunk.indexOf(10, from)) {
      if (++line > bounds.mostLines) throw tooLarge(`must be at most ${bounds.mostLines} lines`);
      const bytes = Buffer.concat([rest, chunk.subarray(from, end)]);
      if (bytes.length > 0 || isTooLong) yield { line, bytes, isTooLong };
      rest = Buffer.alloc(0);
      isTooLong = false;
      from = end + 1;
    }
    const left = Buffer.concat([rest, chunk.subarray(from)]);
    isTooLong ||= left.length > MOST_LINE_BYTES;
    rest = isTooLong ? Buffer.alloc(0) : left;
  }
  if (rest.length > 0 || isTooLong) yield { line: line + 1, bytes: rest, isTooLong };
}

/** Rows of a CSV body whose first line names the columns. */
export async function* csvRows(request: IncomingMessage, bounds: BodyBounds): AsyncIterable<ImportRow> {
  const parser = parse({
    ...{ bom: true, columns: true, info: true, trim: true, skip_empty_lines: true },
    max_record_size: MOST_LINE_BYTES,
  });
  const chunks = boundedChunks(request, bounds.mostBytes);
  const fed = feed(chunks, parser);
  try {
    let count = 0;
    for await (const record of parser as AsyncIterable<CsvRecord>) {
      if (++count > bounds.mostLines) throw tooLarge(`must be at most ${bounds.mostLines} lines`);
      yield { line: record.info.lines, fields: record.record };
    }
    await fed;
  } catch (error) {
    throw error instanceof AppError ? error : unreadableCsv(error);
  } finally {
    parser.destroy();
    await fed.catch(() => undefined);
  }
}

interface CsvRecord {
  info: { lines: number };
  record: Record<string, string>;
}

async function feed(chunks: AsyncIterable<Buffer>, parser: ReturnType<typeof parse>): Promise<void> {
  try {
    for await (const chunk of chunks) {
      if (parser.destroyed) return;
      if (!parser.write(chunk)) await drained(parser);
    }
    parser.end();
  } catch (error) {
    parser.destroy(error as Error);
    throw error;
  }
}

function drained(parser: ReturnType<typeof parse>): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      parser.off('drain', done).off('close', done);
      resolve();
    };
    parser.on('drain', done).on('close', done);
  });
}

async function* boundedChunks(request: IncomingMessage, mostBytes: number): AsyncIterable<Buffer> {
  let bytes = 0;
  try {
    for await (const chunk of request as AsyncIterable<Buffer>) {
      bytes += chunk.length;
      if (bytes > mostBytes) throw tooLarge(`must be at most ${mostBytes} bytes`);
      yield chunk;
    }
  } catch (error) {
    throw error instanceof AppError ? error : cutOff(error);
  }
}

function tooLarge(what: string): AppError {
  const message = `The body ${what}; what came before is done`;
  return new AppError(message, { code: 'request.too-large', kind: 'too-large' });
}

function cutOff(cause: unknown): AppError {
  return new AppError('The body was cut off', { code: 'request.unreadable', kind: 'unreadable', cause });
}

/** The parser's messages name line and column; they may quote the text, so only its code and place are told. */
function unreadableCsv(error: unknown): AppError {
  const { code = 'CSV_ERROR', lines } = error as { code?: string; lines?: number };
  const place = lines === undefined ? '' : ` at line ${lines}`;
  const message = `The body is no CSV${place}: ${code}; what came before is done`;
  return new AppError(message, { code: 'request.unreadable', kind: 'unreadable', cause: error });
}
