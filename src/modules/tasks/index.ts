import { AppError } from '../../kernel/errors.js';
import { isUuid, isUuidV7, newUuid, timeOfUuid } from '../../kernel/ids.js';
import type { Uuid } from '../../kernel/ids.js';
import type { Clock } from '../../kernel/clock.js';
import type { Logger } from '../../kernel/logger.js';
import type { DeadLetterBox } from '../../kernel/dead-letter.js';
import type { Database } from '../../platform/db/database.js';
import type { EventLog } from '../../kernel/event.js';
import { createAdmission } from './admission.js';
import { createEndWaiting } from './await-end.js';
import { cancelTask } from './cancel-task.js';
import { createTaskCreation } from './create-task.js';
import { createDispatcher } from './dispatcher.js';
import { createTaskEnding } from './end-task.js';
import { createEndedTasks } from './ended-tasks.js';
import { hotTask } from './hot-task.js';
import type { TaskEnded } from './end-task.js';
import { createLeaseKeeper } from './lease-keeper.js';
import { createReaper } from './reaper.js';
import { createIdempotencyRepository } from './idempotency.repository.js';
import { createRetention } from './retention.js';
import { createRetentionRepository } from './retention.repository.js';
import type { RetryPolicy } from './retry-policy.js';
import { createRunningAttempts } from './running-attempts.js';
import { createAttemptSettling } from './settle-attempt.js';
import { submitTask } from './submit-task.js';
import { hasEnded } from './task.js';
import type { Ending, Task, TaskResult } from './task.js';
import { createTaskTopic } from './task-topic.js';
import type { TaskRunner } from './task-runner.js';
import type { TasksApi } from './tasks-api.js';
import { TasksController } from './tasks.controller.js';
import { taskMigrations } from './tasks.migrations.js';
import { createTasksQueries } from './tasks.queries.js';
import { createTasksRepository } from './tasks.repository.js';

export type { TasksApi } from './tasks-api.js';
export type { NewTask } from './create-task.js';
export type { TaskEnded } from './end-task.js';
export type { Idempotency } from './submit-task.js';
export type { HistoryEntry, TaskFilter } from './tasks.queries.js';
export type { Ending, Priority, Task, TaskResult, TaskSource, TaskState } from './task.js';
export type { AttemptContext, EndedTask, Outcome, TaskRunner } from './task-runner.js';
export { CORRELATION_ID_MAX, correlationKey } from './correlation-id.js';
export { taskMigrations } from './tasks.migrations.js';
export { viewOf } from './task-view.js';
export { progressEvent } from './task-topic.js';

const HISTORY_LIMIT = 1_000;
const REAP_MS = 1_000;

export interface TasksConfig {
  /** From acceptance to the end. */
  deadlineMs: number;
  /** A lease not renewed for so long is taken by another process. */
  leaseMs: number;
  retry: RetryPolicy;
  idempotencyTtlMs: number;
  /** More waiting tasks than this, and new ones are refused. */
  waitingLimit: number;
  /** How long ended tasks are kept. */
  keepMs: number;
  /** Bytes of ended tasks and their results in memory. */
  memoryBytes: number;
}

export interface TasksDeps {
  db: Database;
  clock: Clock;
  log: Logger;
  events: EventLog;
  deadLetters: DeadLetterBox;
  config: TasksConfig;
  /** Names this process in leases and history; unique among replicas and restarts. */
  owner: string;
  random(): number;
}

export type TasksModule = ReturnType<typeof createTasksModule>;

export function createTasksModule(deps: TasksDeps) {
  const { db, clock, log, events, config, owner } = deps;
  const runners: TaskRunner[] = [];
  const repository = createTasksRepository(db);
  const queries = createTasksQueries(db);
  const keys = createIdempotencyRepository(db);
  const shared = db.dialect === 'postgres';
  const waiting = createEndWaiting({ db, clock, log, queries, shared });
  const runnerOf = (type: string): TaskRunner | undefined => runners.find((runner) => runner.type === type);
  const ended = createEndedTasks({ clock, memoryBytes: config.memoryBytes, keepMs: config.keepMs });
  const end = createTaskEnding({ ...deps, repository, runnerOf, onEnded });
  const settling = createAttemptSettling({ ...deps, repository, queries, end, retry: config.retry });
  const running = createRunningAttempts({
    clock,
    log,
    settling,
    onFree: () => dispatcher.wake(),
    onProgress: (task, done, total) => progressListeners.forEach((listen) => listen(task, done, total)),
  });
  const progressListeners = new Set<(task: Task, done: number, total: number) => void>();
  const endListeners = new Set<(ended: TaskEnded) => void>();
  const common = { db, clock, log, repository, queries, running, owner, leaseMs: config.leaseMs };
  const dispatcher = createDispatcher({ ...common, runners });
  const leases = createLeaseKeeper({ ...common, shared });
  const reaper = createReaper({ clock, log, queries, settling, end, owner, everyMs: REAP_MS });
  const retention = createRetention({ ...deps, ...config, repository: createRetentionRepository(db) });
  const admission = createAdmission({ clock, log, queries, limit: config.waitingLimit });
  const create = createTaskCreation({
    ...{ db, clock, events, repository, deadlineMs: config.deadlineMs },
    startAtOnce: (task) => dispatcher.startAtOnce(task),
  });
  const interrupt = (id: Uuid): void => running.interrupt(id, 'cancelled');

  function onEnded(task: Task, result: TaskResult | null): void {
    ended.add(task, result);
    waiting.ended(task.id);
    const { id, type, createdAt } = task;
    const told = { id, type, ending: task.state as Ending, createdAt, endedAt: task.endedAt! };
    endListeners.forEach((listen) => listen(told));
  }

  const api: TasksApi = {
    create(tx, task) {
      admission.admit();
      return create(tx, task);
    },
    submit: (task, idempotency) =>
      submitTask(
        { ...config, db, clock, create, queries, keys, admit: () => admission.admit() },
        task,
        idempotency,
      ),
    get: (id) => queries.get(id),
    async require(id) {
      const known = ended.get(id)?.task;
      if (known) return known;
      const task = isUuid(id) ? await queries.get(id) : undefined;
      if (task && hasEnded(task.state)) ended.add(task, undefined);
      if (task) return task;
      throw isUuidV7(id) && timeOfUuid(id) < clock.now() - config.keepMs ? removed() : notFound();
    },
    ended: (id) => ended.get(id),
    async result(id) {
      const known = ended.get(id)?.result;
      if (known !== undefined) return known ?? undefined;
      const result = await queries.result(id);
      ended.addResult(id, result ?? null);
      return result;
    },
    history: (id) => queries.history(id, HISTORY_LIMIT),
    list: (filter, limit) => queries.list(filter, limit),
    cancel: (task, actor) => cancelTask({ db, clock, queries, repository, end, interrupt }, task, actor),
    async awaitEnd(id, waitMs, signal) {
      if (!ended.get(id)) {
        await waiting.wait(id, { waitMs, signal, runsHere: running.attemptOf(id) !== undefined });
      }
      return api.require(id);
    },
    load: () => ({
      waiting: admission.waiting(),
      running: runners.reduce((sum, runner) => sum + running.count(runner.type), 0),
    }),
  };

  return {
    name: 'tasks',
    api,
    migrations: taskMigrations,
    controllers: [new TasksController(api)],
    hotReads: [hotTask(ended)],
    topics: [createTaskTopic(api, queries)],
    onProgress(listener: (task: Task, done: number, total: number) => void): () => void {
      progressListeners.add(listener);
      return () => progressListeners.delete(listener);
    },
    /** Calls `listener` after each task that ended in this process, whichever way. */
    onEnded(listener: (ended: TaskEnded) => void): () => void {
      endListeners.add(listener);
      return () => endListeners.delete(listener);
    },
    /** How task types are done; before `start`. */
    use: (more: readonly TaskRunner[]): void => void runners.push(...more),
    async start(): Promise<void> {
      if (db.dialect === 'sqlite') await reaper.takeBackAll();
      waiting.start();
      await admission.start();
      leases.start();
      reaper.start();
      retention.start();
      dispatcher.start();
    },
    /** Accepts no new tasks any more; those that wait are done by the next process. */
    close: () => admission.close(),
    /** Takes no more tasks; resolves when what runs has ended, or was released after `drainMs`. */
    async stop(drainMs: number): Promise<void> {
      await dispatcher.stop();
      const timer = clock.after(drainMs, () => {
        for (const id of running.ids()) running.interrupt(id, 'shutdown');
      });
      await running.idle();
      timer.cancel();
      await Promise.all([leases.stop(), reaper.stop(), retention.stop(), admission.stop(), waiting.stop()]);
    },
  };
}

/** A name for this process among replicas and restarts. */
export function newOwner(hostname: string, pid: number, now: number): string {
  return `${hostname}-${pid}-${newUuid(now).slice(-6)}`;
}

function notFound(): AppError {
  return new AppError('Task not found', { code: 'tasks.not-found', kind: 'not-found' });
}

function removed(): AppError {
  return new AppError('The task is older than what is kept', { code: 'tasks.removed', kind: 'gone' });
}
