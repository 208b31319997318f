import type { Clock, Timer } from '../../kernel/clock.js';
import { messageOf } from '../../kernel/errors.js';
import { newUuid } from '../../kernel/ids.js';
import type { Logger } from '../../kernel/logger.js';
import type { Transactions } from '../../kernel/tx.js';
import type { RunningAttempts } from './running-attempts.js';
import { WAITING_CHANNEL } from './create-task.js';
import type { Hold, StartAtOnce } from './create-task.js';
import type { Task } from './task.js';
import type { TaskRunner } from './task-runner.js';
import type { TasksRepository } from './tasks.repository.js';

/** Looks by itself this often, for retries that fall due and work from other replicas. */
const POLL_MS = 500;
const MOST_CLAIMED_AT_ONCE = 64;
/** After so many tasks by priority comes one of the lowest priority that waits, so that none waits for ever. */
const STARTED_BETWEEN_TURNS = 15;

export interface DispatcherDeps {
  db: Transactions;
  clock: Clock;
  log: Logger;
  repository: TasksRepository;
  running: RunningAttempts;
  runners: readonly TaskRunner[];
  owner: string;
  leaseMs: number;
}

/** One type's slots and what is known of those who wait for them. */
interface Slots {
  runner: TaskRunner;
  /** Held for claims and starts whose commit is under way. */
  held: number;
  /** Something may wait that no claim has looked for yet. */
  mayWait: boolean;
  /** More are waiting than could be taken: they come before new ones. */
  isBehind: boolean;
  /** A task was created without a free slot since the last claim began. */
  wasFull: boolean;
  /** By priority, since one of the lowest was taken. */
  startedSinceTurn: number;
}

/**
 * Has tasks run, as far as their type's concurrency goes: new ones at once where a slot is free, those that wait by
 * claims, by priority. A claim leaves some of the free slots to what is created meanwhile, unless others wait.
 */
export function createDispatcher(deps: DispatcherDeps) {
  let active = false;
  let claiming: Promise<void> | undefined;
  let again = false;
  let timer: Timer | undefined;
  let unsubscribe: (() => void) | undefined;
  let allSettled: (() => void) | undefined;
  const slotsByType = new Map<string, Slots>();

  function slotsOf(runner: TaskRunner): Slots {
    const known = slotsByType.get(runner.type);
    if (known) return known;
    const slots: Slots = {
      runner,
      held: 0,
      mayWait: true,
      isBehind: false,
      wasFull: false,
      startedSinceTurn: 0,
    };
    slotsByType.set(runner.type, slots);
    return slots;
  }

  function free({ runner, held }: Slots): number {
    return runner.concurrency - deps.running.count(runner.type) - held;
  }

  function release(own: Slots, slots: number): void {
    own.held -= slots;
    if ([...slotsByType.values()].every(({ held }) => held === 0)) allSettled?.();
  }

  async function claimAll(): Promise<void> {
    // Not at once: slots that come free together are filled by one claim.
    await Promise.resolve();
    do {
      again = false;
      const claimed = await Promise.all(deps.runners.map((runner) => tryClaimFor(slotsOf(runner))));
      if (claimed.includes(true)) again = true;
    } while (again && active);
    // In the turn of the last look at `again`, or a wake in between would be lost.
    claiming = undefined;
  }

  /** Never rejects: one claim must not outlive the others. */
  async function tryClaimFor(own: Slots): Promise<boolean> {
    if (!own.mayWait) return false;
    const left = free(own);
    if (left <= 0) own.isBehind = true;
    if (left <= 0) return false;
    const ofLowest = own.startedSinceTurn >= STARTED_BETWEEN_TURNS;
    const most = Math.min(own.isBehind ? left : Math.ceil(left / 2), MOST_CLAIMED_AT_ONCE);
    const limit = ofLowest ? 1 : most;
    own.mayWait = false;
    own.wasFull = false;
    own.held += limit;
    try {
      const count = await claimFor(own.runner, limit, ofLowest);
      own.startedSinceTurn = ofLowest ? 0 : own.startedSinceTurn + count;
      const mayBeMore = ofLowest || count === limit;
      own.isBehind = mayBeMore || own.wasFull;
      own.mayWait ||= mayBeMore;
      return mayBeMore;
    } catch (error) {
      own.mayWait = true;
      deps.log.warn(
        { error: messageOf(error), task: own.runner.type },
        'no tasks could be taken; trying again',
      );
      return false;
    } finally {
      release(own, limit);
    }
  }

  /** Says how many were taken. */
  async function claimFor(runner: TaskRunner, limit: number, ofLowest: boolean): Promise<number> {
    const now = deps.clock.now();
    const tx = deps.db.begin();
    const ref = deps.repository.claim(tx, { type: runner.type, limit, ofLowest, now, ...holdFrom(now) });
    const tasks = (await deps.db.commit(tx)).rows(ref).map(deps.repository.taskOf);
    tasks.sort((a, b) => b.priority - a.priority || (a.id < b.id ? -1 : 1));
    for (const task of tasks) deps.running.start(task, runner);
    return tasks.length;
  }

  function holdFrom(now: number): Extract<Hold, { owner: string }> {
    return { owner: deps.owner, claim: newUuid(now), leaseUntil: now + deps.leaseMs };
  }

  function wake(): void {
    if (!active) return;
    again = true;
    claiming ??= claimAll();
  }

  /** There may be something that no claim has seen. */
  function look(): void {
    for (const runner of deps.runners) slotsOf(runner).mayWait = true;
    wake();
  }

  function poll(): void {
    look();
    timer = deps.clock.after(POLL_MS, poll);
  }

  return {
    /** A slot came free. */
    wake,
    /** For the transaction that creates `task`: its first attempt, where it may begin now and nobody waits before it. */
    startAtOnce(task: Task): StartAtOnce | undefined {
      const runner = deps.runners.find(({ type }) => type === task.type);
      const now = deps.clock.now();
      if (!active || !runner || task.lane !== null || task.notBefore > now) return undefined;
      const own = slotsOf(runner);
      const isFull = free(own) <= 0;
      own.wasFull ||= isFull;
      if (own.isBehind || isFull) return undefined;
      own.held++;
      const started: Task = { ...task, state: 'in_work', attempt: 1, startedAt: now };
      const settle = (isStarted: boolean): void => {
        release(own, 1);
        if (isStarted) deps.running.start(started, runner);
        else wake();
      };
      return { task: started, hold: holdFrom(now), settle };
    },
    start(): void {
      if (active) return;
      active = true;
      unsubscribe = deps.db.onNudge(WAITING_CHANNEL, look);
      poll();
    },
    /** Takes no more tasks; resolves when those being taken run, or are known not to. */
    async stop(): Promise<void> {
      active = false;
      timer?.cancel();
      unsubscribe?.();
      await claiming;
      if ([...slotsByType.values()].some(({ held }) => held > 0)) {
        await new Promise<void>((resolve) => (allSettled = resolve));
      }
    },
  };
}
