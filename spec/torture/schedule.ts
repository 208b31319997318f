import type { SeededRandom } from '../support/seeded-random.js';

/**
 * | kind | what happens |
 * | `kill` | SIGKILL to a process that works |
 * | `kill while starting` | SIGKILL, and once more before it is ready again |
 * | `kill leader` | SIGKILL to the replica that leads |
 * | `freeze` | SIGSTOP for a while, then SIGCONT |
 * | `cut broker` | all connections to RabbitMQ broken, and none let through for a while |
 * | `stop broker` | RabbitMQ's application stopped and started |
 * | `restart broker` | the whole RabbitMQ node ended in good order or by SIGKILL, and started |
 * | `cut database` | a replica's connections to PostgreSQL broken, and none let through for a while |
 * | `stop database` | PostgreSQL ended in its immediate mode, and started |
 * | `empty cache` | Redis ended and started empty |
 * | `fill disk` | no byte free in the state folder for a while |
 */
export type FaultKind =
  | 'kill'
  | 'kill while starting'
  | 'kill leader'
  | 'freeze'
  | 'cut broker'
  | 'stop broker'
  | 'restart broker'
  | 'cut database'
  | 'stop database'
  | 'empty cache'
  | 'fill disk';

export interface Fault {
  readonly kind: FaultKind;
  /** In [0, 1): which of the replicas. */
  readonly target: number;
  /** After the one before, once its process is ready. */
  readonly pauseMs: number;
  /** How long what is stopped, cut, full or starting stays so. */
  readonly forMs: number;
}

export type FaultCounts = Readonly<Partial<Record<FaultKind, number>>>;

/** Ranges of `pauseMs` and `forMs`. */
const LONGEST_PAUSE_MS = 700;
const DURATIONS_MS: Readonly<Record<FaultKind, readonly [least: number, most: number]>> = {
  kill: [0, 0],
  'kill while starting': [0, 900],
  'kill leader': [0, 0],
  // Below and above the lease of 2 s.
  freeze: [300, 5_000],
  'cut broker': [0, 1_500],
  'stop broker': [0, 1_500],
  'restart broker': [0, 0],
  'cut database': [0, 3_000],
  'stop database': [0, 2_000],
  'empty cache': [0, 500],
  'fill disk': [500, 4_000],
};

/** Every fault of a run, in an order and at moments that the random numbers say. */
export function makeSchedule(counts: FaultCounts, random: SeededRandom): Fault[] {
  const kinds = (Object.keys(DURATIONS_MS) as FaultKind[]).flatMap((kind) =>
    Array.from({ length: counts[kind] ?? 0 }, () => kind),
  );
  return random.shuffled(kinds).map((kind) => ({
    kind,
    target: random.next(),
    pauseMs: random.between(0, LONGEST_PAUSE_MS),
    forMs: random.between(...DURATIONS_MS[kind]),
  }));
}
