import type { Clock, Timer } from '../../kernel/clock.js';
import { AppError, messageOf } from '../../kernel/errors.js';
import type { Uuid } from '../../kernel/ids.js';
import type { Logger } from '../../kernel/logger.js';
import { TxConflict } from '../../kernel/tx.js';
import type { BeginAttempt } from './begin-attempt.js';
import type { Interruption, SettleAttempt } from './settle-attempt.js';
import type { Task } from './task.js';
import type { Outcome, TaskRunner } from './task-runner.js';

/** A runner that does not heed its signal is left behind after this long, and its late outcome dropped. */
const HEED_MS = 5_000;
/** Tries to write an outcome while the database is away; then the lease lapses and the task is run again. */
const SETTLE_TRIES = 8;
/** What a timer can wait; no attempt runs for so long. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

const HUNG: Outcome = {
  kind: 'failed',
  code: 'tasks.hung',
  message: 'Did not stop in time',
  retryable: true,
};

interface Attempt {
  task: Task;
  runner: TaskRunner;
  abort: AbortController;
  interruption?: Interruption;
  /** Ends it without its runner. */
  giveUp: (outcome: Outcome) => void;
  deadline: Timer;
  /** Runs from an interruption on. */
  patience?: Timer;
  done: Promise<void>;
}

export interface RunningAttemptsDeps {
  clock: Clock;
  log: Logger;
  settling: SettleAttempt;
  begin: BeginAttempt;
  /** A slot is free again. */
  onFree(): void;
  onProgress(task: Task, done: number, total: number): void;
}

export type RunningAttempts = ReturnType<typeof createRunningAttempts>;

/** The attempts that this process works on. */
export function createRunningAttempts(deps: RunningAttemptsDeps) {
  const attempts = new Map<Uuid, Attempt>();
  const perType = new Map<string, number>();

  return {
    count: (type: string): number => perType.get(type) ?? 0,
    ids: (): Uuid[] => [...attempts.keys()],
    attemptOf: (id: Uuid): number | undefined => attempts.get(id)?.task.attempt,
    start,
    interrupt,
    /** Resolves when nothing runs any more. */
    async idle(): Promise<void> {
      while (attempts.size > 0) await Promise.all([...attempts.values()].map((attempt) => attempt.done));
    },
  };

  function start(task: Task, runner: TaskRunner): void {
    if (attempts.has(task.id)) interrupt(task.id, 'lease-lost');
    const abort = new AbortController();
    const timeLeft = Math.min(Math.max(0, task.deadlineAt - deps.clock.now()), LONGEST_TIMER_MS);
    const deadline = deps.clock.after(timeLeft, () => interrupt(task.id, 'deadline'));
    const giveUp = (): void => undefined;
    const attempt: Attempt = { task, runner, abort, giveUp, deadline, done: Promise.resolve() };
    attempts.set(task.id, attempt);
    perType.set(runner.type, (perType.get(runner.type) ?? 0) + 1);
    attempt.done = work(attempt).finally(() => forget(attempt));
    if (task.cancelRequested) interrupt(task.id, 'cancelled');
  }

  function interrupt(id: Uuid, why: Interruption): void {
    const attempt = attempts.get(id);
    if (!attempt || attempt.interruption) return;
    attempt.interruption = why;
    attempt.patience = deps.clock.after(HEED_MS, () => attempt.giveUp(HUNG));
    attempt.abort.abort(new AppError(`interrupted: ${why}`, { code: 'tasks.interrupted', kind: 'conflict' }));
  }

  async function work(attempt: Attempt): Promise<void> {
    const { task, runner } = attempt;
    const fields = { task_id: task.id, attempt: task.attempt, request_id: task.requestId };
    const outcome = await new Promise<Outcome>((resolve) => {
      attempt.giveUp = resolve;
      void runOnce(attempt, fields).then(resolve);
    });
    if (attempt.interruption === 'lease-lost') return;
    await settleSurely(attempt, outcome, fields);
    const { interruption } = attempt;
    const how = { task: runner.type, outcome: outcome.kind, ...(interruption && { interruption }) };
    deps.log.info({ ...fields, ...how }, 'attempt ended');
  }

  async function runOnce(attempt: Attempt, fields: object): Promise<Outcome> {
    const { task, runner, abort } = attempt;
    let log: Logger | undefined;
    let begun: Promise<void> | undefined;
    const begin = (): Promise<void> | undefined => (begun ??= deps.begin(task, abort.signal));
    try {
      if (!runner.beginsLater && begin()) await begun;
      return await runner.run(task, {
        signal: abort.signal,
        begin,
        progress: (done, total) => deps.onProgress(task, done, total),
        // Most attempts have nothing to say.
        get log() {
          return (log ??= deps.log.child(fields));
        },
      });
    } catch (error) {
      if (error instanceof AppError) {
        return { kind: 'failed', code: error.code, message: error.message, retryable: error.retryable };
      }
      deps.log.error({ ...fields, err: error }, 'a runner failed unexpectedly');
      return { kind: 'failed', code: 'tasks.internal', message: 'Internal error', retryable: true };
    }
  }

  async function settleSurely(attempt: Attempt, outcome: Outcome, fields: object): Promise<void> {
    const { task, runner } = attempt;
    for (let tries = 1; ; tries++) {
      try {
        return await deps.settling.settle(task, runner, outcome, attempt.interruption);
      } catch (error) {
        if (error instanceof TxConflict) {
          return deps.log.warn({ ...fields, reason: error.reason }, 'a late outcome was refused');
        }
        if (tries === SETTLE_TRIES) {
          return deps.log.error(
            { ...fields, error: messageOf(error) },
            'an outcome could not be stored; its lease will lapse',
          );
        }
        await new Promise<void>(
          (resolve) => void deps.clock.after(Math.min(5_000, 100 * 2 ** tries), resolve),
        );
      }
    }
  }

  function forget(attempt: Attempt): void {
    attempt.deadline.cancel();
    attempt.patience?.cancel();
    if (attempts.get(attempt.task.id) === attempt) attempts.delete(attempt.task.id);
    perType.set(attempt.runner.type, (perType.get(attempt.runner.type) ?? 1) - 1);
    deps.onFree();
  }
}
