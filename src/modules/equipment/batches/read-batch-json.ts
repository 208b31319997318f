import type { Clock } from '../../../kernel/clock.js';
import { inSlices } from '../../../kernel/slices.js';
import { splitJsonList } from '../../../kernel/json-list.js';
import { came } from '../configure-parameters.js';
import { MOST_DEVICES } from './batch.js';
import { Faults } from './faults.js';
import type { RawBatch, RawDevice } from './raw-batch.js';

const LIMITS = { mostElements: MOST_DEVICES, mostBytes: 65_536 };
const MEMBERS = new Set(['id', 'parameters']);

/**
 * Reads `{"devices": ["id", {"id", "parameters"?}, …], "parameters"?, …options}` in slices of time. Throws `unreadable`,
 * `too-large`, or a 422 where it has another form.
 */
export async function readBatchJson(clock: Clock, bytes: Buffer): Promise<RawBatch> {
  const { rest, elements } = await splitJsonList(clock, bytes, 'devices', LIMITS);
  const faults = new Faults();
  if (typeof rest !== 'object' || rest === null || Array.isArray(rest)) {
    faults.add('', `must be an object with devices, ${came(rest)}`);
    faults.throwAny();
  }
  const { devices: _, parameters: shared, ...options } = rest as Record<string, unknown>;
  if (!elements) faults.add('/devices', `must be an array of devices, ${came(_)}`);
  const devices: RawDevice[] = [];
  let index = 0;
  await inSlices(clock, elements ?? [], (element) => devices.push(deviceOf(element, index++, faults)));
  if (!elements) faults.throwAny();
  return { options, shared: shared === null ? undefined : shared, devices, faults };
}

function deviceOf(element: unknown, index: number, faults: Faults): RawDevice {
  const at = `/devices/${index}`;
  const parametersAt = `${at}/parameters`;
  if (typeof element !== 'object' || element === null)
    return { at, parametersAt, id: element, own: undefined };
  const { id, parameters } = element as Record<string, unknown>;
  for (const name of Object.keys(element).slice(0, 20))
    if (!MEMBERS.has(name)) faults.add(`${at}/${name.slice(0, 64)}`, 'is not a known field');
  if (parameters === undefined || parameters === null) return { at, parametersAt, id, own: undefined };
  const [only] =
    Array.isArray(parameters) && parameters.length === 1 ? (parameters as unknown[]) : [parameters];
  if (typeof only === 'object' && only !== null && !Array.isArray(only))
    return { at, parametersAt, id, own: only as Record<string, unknown> };
  faults.add(parametersAt, `must be an object, ${came(parameters)}`);
  return { at, parametersAt, id, own: undefined };
}
