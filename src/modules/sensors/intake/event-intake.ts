import type { Clock } from '../../../kernel/clock.js';
import type { Committed, StatementRef, Transactions, Tx } from '../../../kernel/tx.js';
import type { LogDays } from '../log/log-days.js';
import type { IntakeRepository, LoggedRow } from './intake.repository.js';
import { isRefusal, judgeEvent } from './judge-events.js';
import type { Accepted, Judgement, Refusal } from './judge-events.js';
import type { KnownSensors } from './known-sensors.js';
import { isFault } from './status-event.js';
import type { Fault, StatusEvent } from './status-event.js';

/** How events come in. */
export type Way = 'queue' | 'rest';

/** What became of an event; a late one was logged, and changed nothing else. */
export type Fate = { kind: 'logged' | 'late' | 'duplicate' } | ({ kind: 'refused' } & Refusal);

/** Told of each batch that was committed: how many events had which fate, by name. */
export type OnTaken = (way: Way, fates: Readonly<Record<string, number>>) => void;

export interface EventIntakeDeps {
  db: Transactions;
  clock: Clock;
  repository: IntakeRepository;
  sensors: KnownSensors;
  days: LogDays;
  /** Where this replica counts: 0 to 15. */
  shard: number;
  onTaken: OnTaken;
}

/** A batch that was added to a transaction. */
export interface TakenBatch {
  judged: readonly Judgement[];
  /** What became of each, in the order they came. */
  fates: (committed: Committed) => Fate[];
}

export interface IntakeOptions {
  way: Way;
  /** Whether what is refused becomes a dead letter; else its sender is told. */
  isBuried: (refusal: Refusal) => boolean;
  /** The client whose sensors alone count; undefined for all. */
  clientId?: string | undefined;
}

export type EventIntake = ReturnType<typeof createEventIntake>;

/** Takes events into the log, the sensors' status and the event log, and counts what became of each: all in one transaction. */
export function createEventIntake(deps: EventIntakeDeps) {
  const { clock, repository, sensors, days } = deps;
  let lastArrival = 0;

  /** Adds a batch to a transaction. Rejects with `unavailable` where the sensors cannot be looked up. */
  async function add(
    tx: Tx,
    events: readonly (StatusEvent | Fault)[],
    { way, isBuried, clientId }: IntakeOptions,
  ): Promise<TakenBatch> {
    const now = clock.now();
    const known = await sensors.lookUp(idsIn(events));
    const context = { sensors: known, now, oldestKept: days.oldestKept(), clientId };
    const judged = events.map((event) => judgeEvent(event, context));
    const accepted = judged.filter((judgement): judgement is Accepted => !isRefusal(judgement));
    const refusals = judged.filter(isRefusal);
    const touched = new Set(accepted.map(({ day }) => day));
    await days.ensure(touched);
    const first = nextArrivals(now, accepted.length);
    const deadLettered = refusals.filter(isBuried).length;
    const refused = refusals.length - deadLettered;
    const counts = { way, shard: deps.shard, cameIn: events.length, accepted: accepted.length };
    const logged = repository.add(tx, {
      rows: rowsOf(accepted, first),
      ...{ days: [...touched], now },
      counts: { ...counts, refused, deadLettered },
    });
    if (refusals.length > 0) repository.countRefusals(tx, way, byReason(refusals));
    const fates = (committed: Committed): Fate[] => fatesOf(judged, first, rows(committed, logged));
    tellWhenCommitted(tx, (committed) => deps.onTaken(way, counted(fates(committed))));
    return { judged, fates };
  }

  /** Arrivals grow, also within a millisecond and when the clock is set back. */
  function nextArrivals(now: number, count: number): number {
    const first = Math.max(now * 1_000, lastArrival + 1);
    lastArrival = first + Math.max(count - 1, 0);
    return first;
  }

  function tellWhenCommitted(tx: Tx, tell: (committed: Committed) => void): void {
    deps.db.beforeCommit(tx, () => (committed) => {
      if (committed) tell(committed);
    });
  }

  return { add };
}

function rows(committed: Committed, ref: StatementRef<LoggedRow>): ReadonlyMap<number, boolean> {
  return new Map(committed.rows(ref).map(({ n, late }) => [n, late === 1]));
}

function* idsIn(events: readonly (StatusEvent | Fault)[]): Iterable<string> {
  for (const event of events) if (!isFault(event)) yield event.sensorId;
}

function rowsOf(accepted: readonly Accepted[], first: number): string {
  return JSON.stringify(
    accepted.map(({ event, day }, i) => ({
      n: first + i,
      s: event.sensorId,
      a: event.at,
      w: event.status,
      p: event.payload,
      d: day,
    })),
  );
}

function fatesOf(judged: readonly Judgement[], first: number, logged: ReadonlyMap<number, boolean>): Fate[] {
  let next = first;
  return judged.map((judgement) => {
    if (isRefusal(judgement)) return { kind: 'refused', ...judgement };
    const isLate = logged.get(next++);
    if (isLate === undefined) return { kind: 'duplicate' };
    return { kind: isLate ? 'late' : 'logged' };
  });
}

function byReason(refusals: readonly Refusal[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { reason } of refusals) counts.set(reason, (counts.get(reason) ?? 0) + 1);
  return counts;
}

function counted(fates: readonly Fate[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const fate of fates) {
    const name = fate.kind === 'refused' ? fate.reason : fate.kind;
    counts[name] = (counts[name] ?? 0) + 1;
  }
  return counts;
}
