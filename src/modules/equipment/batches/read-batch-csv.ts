import { Readable } from 'node:stream';
import { CsvError, parse } from 'csv-parse';
import { MOST_DEVICES } from './batch.js';
import { Faults } from './faults.js';
import type { RawBatch, RawDevice } from './raw-batch.js';

const COLUMNS = ['id', 'username', 'password', 'vlan', 'interfaces'] as const;
type Column = (typeof COLUMNS)[number];
/** The row whose values all others have where their own cell is empty. */
const SHARED_ID = '*';
/** Says of a cell that there is nothing, where the shared row has something. */
const NONE = '-';
const SLICE = 2_048;
const LONGEST_ROW = 65_536;

interface Row {
  line: number;
  cells: readonly string[];
}

/**
 * Reads a CSV of devices in slices of time: a header that names its columns (`id`, then any of `username`, `password`, `vlan`,
 * `interfaces`), one device a line. An empty cell takes the value of the row whose id is `*`. Separated by commas or by
 * semicolons, as the header is; RFC 4180 quotes. Throws a 422 that names lines.
 */
export async function readBatchCsv(bytes: Buffer, options: RawBatch['options']): Promise<RawBatch> {
  const faults = new Faults();
  const devices: RawDevice[] = [];
  let shared: Record<string, unknown> | undefined;
  let columns: (Column | undefined)[] | undefined;
  for await (const { line, cells } of rowsOf(bytes, faults)) {
    if (!columns) {
      columns = readHeader(cells, line, faults);
      if (faults.count > 0) break;
      continue;
    }
    if (cells.length > columns.length)
      faults.add(
        `/lines/${line}`,
        `must have ${columns.length} cells as the header has, got ${cells.length}`,
      );
    const { id, own } = readCells(columns, cells);
    if (id !== SHARED_ID) devices.push(deviceOf(line, id, own));
    else if (shared) faults.add(`/lines/${line}`, 'a second row with the id *');
    else shared = own;
    if (devices.length > MOST_DEVICES) break;
  }
  requireRows(columns !== undefined, devices.length, faults);
  return { options, shared, devices, faults };
}

/** Without them there is nothing further to judge. */
function requireRows(hasHeader: boolean, count: number, faults: Faults): void {
  if (!hasHeader) faults.add('/lines/1', `must name the columns: ${COLUMNS.join(', ')}`);
  if (count > MOST_DEVICES) faults.add('/lines', `must be at most ${MOST_DEVICES} devices`);
  if (!hasHeader || count === 0 || count > MOST_DEVICES) faults.throwAny();
}

async function* rowsOf(bytes: Buffer, faults: Faults): AsyncGenerator<Row> {
  const parser = Readable.from(slicesOf(bytes)).pipe(
    parse({
      bom: true,
      delimiter: delimiterOf(bytes),
      info: true,
      max_record_size: LONGEST_ROW,
      relax_column_count: true,
      skip_empty_lines: true,
      trim: true,
    }),
  );
  try {
    for await (const { record, info } of parser as AsyncIterable<{
      record: string[];
      info: { lines: number };
    }>) {
      if (record.some((cell) => cell !== '')) yield { line: info.lines, cells: record };
    }
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    const { lines } = error as CsvError & { lines?: number };
    faults.add(
      `/lines/${lines ?? 1}`,
      `cannot be read from here on: ${MEANINGS[error.code] ?? 'it is no CSV'}`,
    );
  } finally {
    parser.destroy();
  }
}

const MEANINGS: Readonly<Record<string, string>> = {
  CSV_QUOTE_NOT_CLOSED: 'a quote is not closed',
  CSV_INVALID_CLOSING_QUOTE: 'a closing quote must be followed by a separator',
  INVALID_OPENING_QUOTE: 'a quote stands within a cell that is not quoted',
  CSV_MAX_RECORD_SIZE: 'a row is too long',
};

/** Each in a turn of its own, so that others have theirs. */
async function* slicesOf(bytes: Buffer): AsyncGenerator<Buffer> {
  for (let at = 0; at < bytes.length; at += SLICE) {
    yield bytes.subarray(at, at + SLICE);
    await new Promise((resolve) => setImmediate(resolve));
  }
}

/** Spreadsheets write semicolons where a comma is the decimal sign. */
function delimiterOf(bytes: Buffer): string {
  const header = bytes.subarray(0, 1_024).toString('utf8').split(/\r|\n/, 1)[0] ?? '';
  return header.includes(';') ? ';' : ',';
}

function readHeader(cells: readonly string[], line: number, faults: Faults): (Column | undefined)[] {
  const names = cells.map((cell) => cell.toLowerCase());
  names.forEach((name, index) => {
    if (!isColumn(name))
      faults.add(`/lines/${line}`, `${JSON.stringify(name.slice(0, 64))} is not a known column`);
    else if (names.indexOf(name) !== index) faults.add(`/lines/${line}`, `the column ${name} stands twice`);
  });
  if (!names.includes('id')) faults.add(`/lines/${line}`, `must name the columns: ${COLUMNS.join(', ')}`);
  return names.map((name) => (isColumn(name) ? name : undefined));
}

function isColumn(name: string): name is Column {
  return (COLUMNS as readonly string[]).includes(name);
}

function readCells(columns: readonly (Column | undefined)[], cells: readonly string[]) {
  const own: Record<string, unknown> = {};
  let id = '';
  columns.forEach((column, index) => {
    const cell = cells[index] ?? '';
    if (column === 'id') id = cell;
    else if (column !== undefined && cell !== '') own[column] = valueOf(column, cell);
  });
  return { id, own };
}

/** As it would stand in JSON; what is no number stays text, for the check to name. */
function valueOf(column: Exclude<Column, 'id'>, cell: string): unknown {
  if (column === 'vlan') return cell === NONE ? null : numberOf(cell);
  if (column === 'interfaces') return cell === NONE ? [] : cell.split(/[\s,;|]+/).map(numberOf);
  return cell;
}

function numberOf(text: string): number | string {
  return /^\d{1,16}$/.test(text) ? Number(text) : text;
}

function deviceOf(line: number, id: string, own: Record<string, unknown>): RawDevice {
  const at = `/lines/${line}`;
  return { at, parametersAt: at, id, own: Object.keys(own).length > 0 ? own : undefined };
}
