import type { Clock } from '../../../kernel/clock.js';
import type { FieldError } from '../../../kernel/errors.js';
import { inSlices } from '../../../kernel/slices.js';
import { came, parseParameters } from '../configure-parameters.js';
import type { ConfigureParameters } from '../configure-parameters.js';
import { isEquipmentId } from '../equipment-id.js';
import { MOST_DEVICES } from './batch.js';
import type { BatchOptions } from './batch.js';
import { checkOptions } from './check-options.js';
import type { Faults } from './faults.js';
import type { RawBatch, RawDevice } from './raw-batch.js';

export interface CheckedDevice {
  id: string;
  /** Null: the batch's own. */
  parameters: ConfigureParameters | null;
}

/** A batch in which nothing is wrong. */
export interface CheckedBatch {
  options: BatchOptions;
  shared: ConfigureParameters | null;
  devices: CheckedDevice[];
}

const SHARED = '/parameters';

/** Judges a batch whole, in slices of time. Throws a 422 that names what is wrong, row by row, and shows no password. */
export async function checkBatch(clock: Clock, raw: RawBatch): Promise<CheckedBatch> {
  const { faults } = raw;
  const options = checkOptions(raw.options, clock.now(), faults);
  const shared = new SharedParameters(raw.shared, faults);
  if (raw.devices.length === 0 || raw.devices.length > MOST_DEVICES) {
    faults.add('/devices', `must be 1 to ${MOST_DEVICES} devices, got ${raw.devices.length}`);
  }
  const seen = new Map<string, string>();
  const devices: CheckedDevice[] = [];
  await inSlices(clock, raw.devices, (device) => {
    const id = checkId(device, seen, faults);
    devices.push({ id, parameters: shared.of(device) });
  });
  faults.throwAny();
  return { options, shared: shared.whole, devices };
}

function checkId({ id, at }: RawDevice, seen: Map<string, string>, faults: Faults): string {
  if (typeof id !== 'string' || !isEquipmentId(id)) {
    faults.add(at, `the id must be 6 to 255 letters and digits, ${came(id)}`);
    return '';
  }
  const before = seen.get(id);
  if (before !== undefined) faults.add(at, `${id} stands at ${before} already`);
  else seen.set(id, at);
  return id;
}

/** Parameters of all devices; each may have some of its own over them. */
class SharedParameters {
  readonly #raw: Readonly<Record<string, unknown>>;
  /** Where they are complete and right. */
  readonly whole: ConfigureParameters | null;
  readonly #errors: readonly FieldError[];

  constructor(
    raw: unknown,
    private readonly faults: Faults,
  ) {
    this.#raw = isObject(raw) ? raw : {};
    const errors: FieldError[] = [];
    const parsed = parseParameters(raw ?? {}, SHARED, errors);
    this.whole = raw !== undefined && parsed && errors.length === 0 ? parsed : null;
    this.#errors = errors;
    if (raw !== undefined && !isObject(raw)) faults.addOnce(SHARED, errors[0]?.detail ?? 'must be an object');
  }

  /** Null where the device takes them as they are, or where something is wrong. */
  of({ own, at, parametersAt }: RawDevice): ConfigureParameters | null {
    if (own === undefined) {
      if (this.whole === null) this.#blameShared(at, () => true);
      return null;
    }
    const errors: FieldError[] = [];
    const parsed = parseParameters({ ...this.#raw, ...own }, parametersAt, errors);
    if (parsed && errors.length === 0) return parsed;
    const isOwn = ({ pointer }: FieldError): boolean => {
      const field = fieldOf(pointer, parametersAt);
      return field in own || !(field in this.#raw);
    };
    this.faults.addAll(errors.filter(isOwn));
    const inherited = new Set(
      errors.filter((one) => !isOwn(one)).map((one) => fieldOf(one.pointer, parametersAt)),
    );
    if (inherited.size > 0) this.#blameShared(at, (field) => inherited.has(field));
    return null;
  }

  /** Faults of what is shared are told once, not for every device. */
  #blameShared(at: string, isMeant: (field: string) => boolean): void {
    if (Object.keys(this.#raw).length === 0) {
      this.faults.addOnce(SHARED, `are needed: the device at ${at} has none of its own`);
      return;
    }
    for (const { pointer, detail } of this.#errors)
      if (isMeant(fieldOf(pointer, SHARED))) this.faults.addOnce(pointer, detail);
  }
}

function fieldOf(pointer: string, at: string): string {
  return pointer.slice(at.length + 1).split('/')[0] ?? '';
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
