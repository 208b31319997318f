import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { parse } from 'csv-parse';
import { CliError } from './cli-error.js';
import { EXIT } from './exit-codes.js';

/** A sensor of a file, as JSON text, and its line. */
export interface SensorLine {
  line: number;
  json: string;
}

interface CsvRecord {
  info: { lines: number };
  record: Record<string, string>;
}

/** The sensors of a file: CSV whose first line names the columns where its name ends so, else one JSON object a line. */
export async function* sensorLines(path: string): AsyncIterable<SensorLine> {
  try {
    yield* path.toLowerCase().endsWith('.csv') ? csvLines(path) : jsonLines(path);
  } catch (error) {
    if (error instanceof CliError) throw error;
    const { code = 'unknown', lines } = error as { code?: string; lines?: number };
    throw new CliError(
      `cannot read ${path}${lines === undefined ? '' : ` at line ${lines}`}: ${code}`,
      EXIT.failed,
    );
  }
}

async function* csvLines(path: string): AsyncIterable<SensorLine> {
  const parser = createReadStream(path).pipe(
    parse({ bom: true, columns: true, info: true, trim: true, skip_empty_lines: true }),
  );
  for await (const { info, record } of parser as AsyncIterable<CsvRecord>) {
    yield { line: info.lines, json: JSON.stringify(record) };
  }
}

async function* jsonLines(path: string): AsyncIterable<SensorLine> {
  let line = 0;
  for await (const text of createInterface({ input: createReadStream(path), crlfDelay: Infinity })) {
    line++;
    if (text.trim() !== '') yield { line, json: text };
  }
}
