import type { Clock } from '../../../kernel/clock.js';
import { isUuid } from '../../../kernel/ids.js';
import type { Transactions } from '../../../kernel/tx.js';
import type { ClientsRepository } from './clients.repository.js';
import { DEFAULT_KIND } from './sensor.js';
import type { Sensor } from './sensor.js';
import { newSensor, SENSORS_CHANGED } from './sensors-api.js';
import type { Existing, SensorsRepository } from './sensors.repository.js';

/** A line of a file, read; or why it could not be. */
export interface ImportRow {
  /** From 1, as an editor counts. */
  line: number;
  fields?: Readonly<Record<string, unknown>>;
  fault?: string;
}

/** A line that made nothing, and why. */
export interface LineFault {
  line: number;
  /** The field: `/name`; empty for the whole line. */
  pointer: string;
  detail: string;
}

export interface ImportReport {
  lines: number;
  created: number;
  updated: number;
  /** There already, and left as they are. */
  unchanged: number;
  failed: number;
  /** The first faults, at most 1,000. */
  errors: LineFault[];
}

export interface ImportOptions {
  /** For lines without a `client_id`. */
  clientId: string | undefined;
  /** What becomes of a line whose sensor is there already. */
  existing: Existing;
  createdBy: string;
}

export interface ImportDeps {
  db: Transactions;
  clock: Clock;
  clients: Pick<ClientsRepository, 'get'>;
  sensors: Pick<SensorsRepository, 'insertMany'>;
}

const SLICE = 500;
const MOST_FAULTS = 1_000;
const FIELDS = new Set(['client_id', 'external_id', 'name', 'kind', 'enabled']);
const VISIBLE = /^(?=.*\S)[^\p{Cc}\p{Cs}]{1,200}$/u;
const FLAGS = new Map<unknown, boolean>([
  ...[true, 'true', '1'].map((text): [unknown, boolean] => [text, true]),
  ...[false, 'false', '0'].map((text): [unknown, boolean] => [text, false]),
]);

/** Makes the sensors of a file, a slice of lines in a transaction; a bad line is named and holds no other up. */
export async function importSensors(
  deps: ImportDeps,
  rows: AsyncIterable<ImportRow>,
  options: ImportOptions,
): Promise<ImportReport> {
  const work = new SensorImport(deps, options);
  for await (const row of rows) await work.take(row);
  return work.end();
}

class SensorImport {
  readonly #report: ImportReport = { lines: 0, created: 0, updated: 0, unchanged: 0, failed: 0, errors: [] };
  readonly #isClient = new Map<string, boolean>();
  #slice = new Map<string, { line: number; sensor: Sensor }>();

  constructor(
    private readonly deps: ImportDeps,
    private readonly options: ImportOptions,
  ) {}

  async take(row: ImportRow): Promise<void> {
    this.#report.lines++;
    const sensor = this.#read(row);
    if (!sensor) return;
    if (!(await this.#hasClient(sensor.clientId))) {
      return this.#fail(row.line, '/client_id', 'must be the id of a client that there is');
    }
    const key = keyOf(sensor.clientId, sensor.externalId);
    const before = this.#slice.get(key);
    if (before) return this.#fail(row.line, '/external_id', `is on line ${before.line} already`);
    this.#slice.set(key, { line: row.line, sensor });
    if (this.#slice.size === SLICE) await this.#store();
  }

  async end(): Promise<ImportReport> {
    await this.#store();
    this.#report.errors.sort((one, other) => one.line - other.line);
    return this.#report;
  }

  #read({ line, fields, fault }: ImportRow): Sensor | undefined {
    if (!fields) return this.#fail(line, '', fault ?? 'must be a JSON object');
    const read = readFields(fields, this.options.clientId);
    if ('pointer' in read) return this.#fail(line, read.pointer, read.detail);
    return newSensor({ ...read, createdBy: this.options.createdBy }, this.deps.clock.now());
  }

  async #hasClient(id: string): Promise<boolean> {
    const known = this.#isClient.get(id);
    if (known !== undefined) return known;
    const isClient = isUuid(id) && (await this.deps.clients.get(id)) !== undefined;
    if (this.#isClient.size < SLICE) this.#isClient.set(id, isClient);
    return isClient;
  }

  async #store(): Promise<void> {
    if (this.#slice.size === 0) return;
    const slice = this.#slice;
    this.#slice = new Map();
    const { db, sensors } = this.deps;
    const { existing } = this.options;
    const tx = db.begin();
    const wanted = [...slice.values()].map(({ sensor }) => sensor);
    const written = sensors.insertMany(tx, wanted, existing);
    if (existing === 'update') db.nudgeAfter(tx, SENSORS_CHANGED);
    const ids = new Set(wanted.map(({ id }) => id));
    for (const row of (await db.commit(tx)).rows(written)) {
      if (ids.has(row.id)) this.#report.created++;
      else this.#report.updated++;
      slice.delete(keyOf(row.client_id, row.external_id));
    }
    for (const { line } of slice.values()) this.#leave(line);
  }

  #leave(line: number): void {
    if (this.options.existing !== 'refuse') this.#report.unchanged++;
    else this.#fail(line, '/external_id', 'is taken: the client has such a sensor already');
  }

  #fail(line: number, pointer: string, detail: string): undefined {
    this.#report.failed++;
    if (this.#report.errors.length < MOST_FAULTS) this.#report.errors.push({ line, pointer, detail });
    return undefined;
  }
}

type Fields = Pick<Sensor, 'clientId' | 'externalId' | 'name' | 'kind' | 'enabled'>;

/** What a line says of a sensor; an empty field is none. */
function readFields(
  fields: Readonly<Record<string, unknown>>,
  ofAll: string | undefined,
): Fields | Omit<LineFault, 'line'> {
  const odd = Object.keys(fields).find((name) => !FIELDS.has(name));
  if (odd !== undefined) return { pointer: `/${odd.slice(0, 64)}`, detail: 'is not a field of a sensor' };
  const given = (name: string, other: unknown): unknown =>
    fields[name] === '' ? other : (fields[name] ?? other);
  const externalId = given('external_id', undefined);
  const texts = { externalId, name: given('name', externalId), kind: given('kind', DEFAULT_KIND) };
  const wrong = Object.entries(texts).find(([, text]) => typeof text !== 'string' || !VISIBLE.test(text));
  if (wrong) {
    const pointer = wrong[0] === 'externalId' ? '/external_id' : `/${wrong[0]}`;
    return { pointer, detail: 'must be a text of 1 to 200 visible characters' };
  }
  const enabled = FLAGS.get(given('enabled', true));
  if (enabled === undefined) return { pointer: '/enabled', detail: 'must be true or false' };
  const clientId = given('client_id', ofAll);
  if (typeof clientId !== 'string') return { pointer: '/client_id', detail: 'is required, got nothing' };
  return { ...(texts as { externalId: string; name: string; kind: string }), clientId, enabled };
}

function keyOf(clientId: string, externalId: string): string {
  return `${clientId} ${externalId}`;
}
