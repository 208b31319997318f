import type { SeededRandom } from '../support/seeded-random.js';

/**
 * | kind | what happens |
 * | `kill` | SIGKILL to a process that works |
 * | `kill while starting` | SIGKILL, and once more before it is ready again |
 * | `kill leader` | SIGKILL to the replica that leads |
 * | `kill in outage` | the database away or its disk full under a burst of jobs, and then SIGKILL |
 * | `freeze` | SIGSTOP for less than a lease, then SIGCONT |
 * | `freeze past lease` | SIGSTOP in a burst of jobs, until others have taken over what it did |
 * | `late outcome` | a replica ends its work while PostgreSQL is out of its reach, until another one has taken it over |
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
  | 'kill in outage'
  | 'freeze'
  | 'freeze past lease'
  | 'late outcome'
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

interface Moments {
  /** Least and most of `pauseMs` and of `forMs`. */
  pauseMs: readonly [number, number];
  forMs: readonly [number, number];
  /** Jobs that are handed in just before, in shares. */
  shares: number;
}

const ANY = [0, 700] as const;
/** So soon after its jobs that many of them are under way. */
const IN_BURST = { pauseMs: [0, 150], shares: 8 } as const;

const MOMENTS: Readonly<Record<FaultKind, Moments>> = {
  kill: { pauseMs: ANY, forMs: [0, 0], shares: 1 },
  'kill while starting': { pauseMs: ANY, forMs: [0, 900], shares: 1 },
  'kill leader': { pauseMs: ANY, forMs: [0, 0], shares: 1 },
  'kill in outage': { ...IN_BURST, forMs: [300, 1_200] },
  freeze: { pauseMs: ANY, forMs: [300, 1_500], shares: 1 },
  'freeze past lease': { ...IN_BURST, forMs: [3_500, 6_000] },
  'late outcome': { ...IN_BURST, forMs: [4_000, 5_000] },
  'cut broker': { pauseMs: ANY, forMs: [0, 1_500], shares: 1 },
  'stop broker': { pauseMs: ANY, forMs: [0, 1_500], shares: 1 },
  'restart broker': { pauseMs: ANY, forMs: [0, 0], shares: 1 },
  'cut database': { pauseMs: ANY, forMs: [0, 3_000], shares: 1 },
  'stop database': { pauseMs: ANY, forMs: [0, 2_000], shares: 1 },
  'empty cache': { pauseMs: ANY, forMs: [0, 500], shares: 1 },
  'fill disk': { pauseMs: ANY, forMs: [500, 4_000], shares: 1 },
};

export const sharesOf = (kind: FaultKind): number => MOMENTS[kind].shares;

/** Every fault of a run, in an order and at moments that the random numbers say. */
export function makeSchedule(counts: FaultCounts, random: SeededRandom): Fault[] {
  const kinds = (Object.keys(MOMENTS) as FaultKind[]).flatMap((kind) =>
    Array.from({ length: counts[kind] ?? 0 }, () => kind),
  );
  return random.shuffled(kinds).map((kind) => ({
    kind,
    target: random.next(),
    pauseMs: random.between(...MOMENTS[kind].pauseMs),
    forMs: random.between(...MOMENTS[kind].forMs),
  }));
}
