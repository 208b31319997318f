import type { Faults } from './faults.js';

/** A batch as it came, read and not judged yet. */
export interface RawBatch {
  /** By name, as in JSON. */
  options: Readonly<Record<string, unknown>>;
  /** Parameters of every device that has none of its own; undefined where there are none. */
  shared: unknown;
  devices: readonly RawDevice[];
  /** What was wrong already with how it is written. */
  faults: Faults;
}

export interface RawDevice {
  /** Where it stands: `/devices/3` of the JSON, `/lines/5` of the CSV. */
  at: string;
  /** What its parameters' pointers begin with. */
  parametersAt: string;
  id: unknown;
  /** What it has of its own, over the shared ones. */
  own: Readonly<Record<string, unknown>> | undefined;
}
