import { toRfc3339 } from '../../kernel/clock.js';
import type { Clock } from '../../kernel/clock.js';
import { AppError } from '../../kernel/errors.js';
import type { EventLog } from '../../kernel/event.js';
import type { Transactions, Tx } from '../../kernel/tx.js';
import { WAITING_CHANNEL } from './create-task.js';
import type { KnownPauses } from './known-pauses.js';
import type { Pause } from './pause.js';
import type { PausesRepository } from './pauses.repository.js';
import type { TaskRunner } from './task-runner.js';

export interface TaskTypeState {
  type: string;
  pause: Pause | null;
  waiting: number;
  /** On all replicas. */
  running: number;
  /** At the same time, in one process. */
  concurrency: number;
}

export interface PauseDeps {
  db: Transactions;
  clock: Clock;
  events: EventLog;
  pauses: PausesRepository;
  runners: readonly TaskRunner[];
  known: Pick<KnownPauses, 'tell'>;
}

/** Starts no more tasks of a type, on any replica, until it is resumed. Rejects with `tasks.type-not-found`. */
export async function pauseType(
  deps: PauseDeps,
  type: string,
  by: { actor: string; reason: string | null },
): Promise<TaskTypeState> {
  requireType(deps, type);
  deps.known.tell(type, true);
  const pause: Pause = { type, pausedAt: deps.clock.now(), pausedBy: by.actor, reason: by.reason };
  const tx = deps.db.begin();
  deps.pauses.insert(tx, pause);
  addEvent(deps, tx, 'task-type.paused', type, by);
  await deps.db.commit(tx);
  return stateOf(deps, type);
}

/** Starts tasks of a type again. Rejects with `tasks.type-not-found`. */
export async function resumeType(deps: PauseDeps, type: string, actor: string): Promise<TaskTypeState> {
  requireType(deps, type);
  const tx = deps.db.begin();
  deps.pauses.remove(tx, type);
  addEvent(deps, tx, 'task-type.resumed', type, { actor, reason: null });
  deps.db.nudgeAfter(tx, WAITING_CHANNEL);
  await deps.db.commit(tx);
  deps.known.tell(type, false);
  return stateOf(deps, type);
}

/** Every type that this process knows how to do. */
export async function listTypes({ pauses, runners }: PauseDeps): Promise<TaskTypeState[]> {
  const [paused, open] = await Promise.all([pauses.all(), pauses.openTasks()]);
  return runners
    .map(({ type, concurrency }) => {
      const count = (state: string): number =>
        open.find((one) => one.type === type && one.state === state)?.count ?? 0;
      const pause = paused.find((one) => one.type === type) ?? null;
      return { type, concurrency, pause, waiting: count('pending'), running: count('in_work') };
    })
    .sort((a, b) => (a.type < b.type ? -1 : 1));
}

async function stateOf(deps: PauseDeps, type: string): Promise<TaskTypeState> {
  const all = await listTypes(deps);
  return all.find((one) => one.type === type)!;
}

function requireType({ runners }: PauseDeps, type: string): void {
  if (runners.some((runner) => runner.type === type)) return;
  throw new AppError('Task type not found', { code: 'tasks.type-not-found', kind: 'not-found' });
}

function addEvent(
  { events, clock }: PauseDeps,
  tx: Tx,
  kind: 'task-type.paused' | 'task-type.resumed',
  type: string,
  { actor, reason }: { actor: string; reason: string | null },
): void {
  const now = clock.now();
  const data = JSON.stringify({ type, at: toRfc3339(now), by: actor, reason });
  events.append(tx, { type: kind, subject: `task-types/${type}`, time: now, data });
}
