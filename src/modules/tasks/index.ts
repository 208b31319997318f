import { newUuid } from '../../kernel/ids.js';
import type { Uuid } from '../../kernel/ids.js';
import type { BodyDigest } from '../../kernel/body-digest.js';
import type { Clock } from '../../kernel/clock.js';
import type { Logger } from '../../kernel/logger.js';
import type { DeadLetterBox } from '../../kernel/dead-letter.js';
import type { Database, LeaderDuties } from '../../platform/db/database.js';
import type { EventLog } from '../../kernel/event.js';
import { createAdmission } from './admission.js';
import { createBeginAttempt } from './begin-attempt.js';
import { createBulksRepository } from './bulks.repository.js';
import { createEndWaiting } from './await-end.js';
import { cancelTask, withdrawTask } from './cancel-task.js';
import { createDelayedTasks } from './delayed-tasks.js';
import { createDelayedRepository } from './delayed.repository.js';
import { createDispatcher } from './dispatcher.js';
import { createTaskEnding } from './end-task.js';
import { createEndedTasks } from './ended-tasks.js';
import { finishElsewhere } from './finish-elsewhere.js';
import { hotTask } from './hot-task.js';
import { createLeaseKeeper } from './lease-keeper.js';
import { createKnownPauses } from './known-pauses.js';
import { createOperations } from './operations.js';
import { createPausesRepository } from './pauses.repository.js';
import { createReaper } from './reaper.js';
import { createIdempotencyRepository } from './idempotency.repository.js';
import { createRetention } from './retention.js';
import { createRetentionRepository } from './retention.repository.js';
import { createTaskReading } from './read-task.js';
import type { RetryPolicy } from './retry-policy.js';
import { addRetry, refuseSecond, retryTask } from './retry-task.js';
import { createRunningAttempts } from './running-attempts.js';
import { createTaskSearch } from './search.queries.js';
import { createAttemptSettling } from './settle-attempt.js';
import { submitPrepared } from './submit-task.js';
import { createTaskIntake } from './task-intake.js';
import { createTaskListeners } from './task-listeners.js';
import type { Task, TaskResult } from './task.js';
import { taskMessages } from './task-messages.js';
import { TaskBulksController } from './task-bulks.controller.js';
import { createTaskTopic } from './task-topic.js';
import type { TaskRunner } from './task-runner.js';
import { TaskTypesController } from './task-types.controller.js';
import type { TasksApi } from './tasks-api.js';
import { TasksController } from './tasks.controller.js';
import { taskMigrations } from './tasks.migrations.js';
import { createTasksQueries } from './tasks.queries.js';
import { createTasksRepository } from './tasks.repository.js';

export type { TasksApi } from './tasks-api.js';
export type { NewTask, PreparedTask } from './create-task.js';
export type { TaskEnded } from './end-task.js';
export type { Idempotency } from './submit-task.js';
export type { HistoryEntry } from './tasks.queries.js';
export type { TaskFilter, TaskPage } from './task-filter.js';
export type { TaskTypeState } from './pause-type.js';
export type { Bulk } from './bulk.js';
export { hasEnded } from './task.js';
export { equipmentKey, phoneKey } from './search-keys.js';
export type { Ending, Priority, Task, TaskResult, TaskSource, TaskState } from './task.js';
export type {
  AttemptContext,
  CompletedOutcome,
  EndedTask,
  FinishedElsewhere,
  Outcome,
  TaskRunner,
} from './task-runner.js';
export { CORRELATION_ID_MAX, correlationKey, storableText } from './correlation-id.js';
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
  /** Knows bodies that came with an Idempotency-Key. */
  digest: BodyDigest;
  config: TasksConfig;
  /** Names this process in leases and history; unique among replicas and restarts. */
  owner: string;
  random(): number;
}

export type TasksModule = ReturnType<typeof createTasksModule>;

export function createTasksModule(deps: TasksDeps) {
  const { db, clock, log, events, config, owner } = deps;
  const runners: TaskRunner[] = [];
  const listeners = createTaskListeners();
  const repository = createTasksRepository(db);
  const queries = createTasksQueries(db);
  const keys = createIdempotencyRepository(db);
  const shared = db.dialect === 'postgres';
  const waiting = createEndWaiting({ db, clock, log, queries, shared });
  const runnerOf = (type: string): TaskRunner | undefined => runners.find((runner) => runner.type === type);
  const ended = createEndedTasks({ clock, memoryBytes: config.memoryBytes, keepMs: config.keepMs });
  const reading = createTaskReading({ clock, queries, ended, keepMs: config.keepMs });
  const { end, addEnd } = createTaskEnding({ ...deps, repository, runnerOf, onEnded });
  const settling = createAttemptSettling({ ...deps, repository, queries, end, retry: config.retry });
  const running = createRunningAttempts({
    ...{ clock, log, settling },
    begin: createBeginAttempt({ db, clock, log, repository, owner }),
    onFree: () => dispatcher.wake(),
    onProgress: listeners.progressed,
  });
  const common = { db, clock, log, repository, queries, running, owner, leaseMs: config.leaseMs };
  const dispatcher = createDispatcher({ ...common, runners });
  const leases = createLeaseKeeper({ ...common, shared });
  const reaper = createReaper({ clock, log, queries, settling, end, owner, everyMs: REAP_MS });
  const bulks = createBulksRepository(db);
  const retaining = { bulks, repository: createRetentionRepository(db) };
  const retention = createRetention({ ...deps, ...config, ...retaining });
  const admission = createAdmission({ clock, log, queries, limit: config.waitingLimit });
  const pauses = createPausesRepository(db);
  const known = createKnownPauses({ clock, log, pauses, shared });
  const admit = (): void => admission.admit();
  const intake = createTaskIntake({
    ...{ db, clock, log, events, repository, owner, runnerOf, known, onEnded, admit },
    deadlineMs: config.deadlineMs,
    startAtOnce: (task) => dispatcher.startAtOnce(task),
  });
  const interrupt = (id: Uuid): void => running.interrupt(id, 'cancelled');
  const cancel: TasksApi['cancel'] = (task, actor) =>
    cancelTask({ db, clock, queries, repository, end, interrupt }, task, actor);
  const { create } = intake;
  const submitting = {
    ...config,
    db,
    clock,
    create,
    queries,
    keys,
    digest: deps.digest,
    repository,
    runnerOf,
    admit,
  };
  const search = createTaskSearch(db);
  const operations = createOperations({
    ...{ ...submitting, log, events, runners, pauses, known, search, bulks, cancel },
    lead: (duties: LeaderDuties) => db.lead('task-bulks', duties),
  });
  const delayed = createDelayedTasks({ clock, log, repository: createDelayedRepository(db) });

  function onEnded(task: Task, result: TaskResult | null): void {
    ended.add(task, result);
    waiting.ended(task.id);
    listeners.ended(task);
  }

  const api: TasksApi = {
    ...intake.admitted,
    submit: async (task, idempotency, also) =>
      submitPrepared({ ...submitting, create: intake.add }, await intake.prepare(task), idempotency, also),
    get: (id) => queries.get(id),
    require: (id) => reading.require(id),
    ended: (id) => ended.get(id),
    result: (id) => reading.result(id),
    history: (id) => queries.history(id, HISTORY_LIMIT),
    list: (filter, limit) => search.page(filter, limit),
    endedAmong: (ids) => queries.endedAmong(ids),
    finish: (tx, task, outcome, actor) => finishElsewhere(addEnd, tx, task, { outcome, actor }),
    withdraw: (task, error, actor) => withdrawTask(end, task, error, actor),
    cancel,
    retry: (task, actor, { trace, idempotency } = {}) =>
      retryTask(submitting, task, { actor, trace }, idempotency),
    async addRetry(tx, task, by) {
      await refuseSecond(submitting, task.id);
      admit();
      return addRetry(submitting, tx, task, by);
    },
    ...operations.api,
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
    controllers: [new TasksController(api), new TaskBulksController(api), new TaskTypesController(api)],
    hotReads: [hotTask(ended)],
    topics: [createTaskTopic(api, queries)],
    messages: taskMessages,
    onProgress: listeners.onProgress,
    onEnded: listeners.onEnded,
    /** How task types are done; before `start`. */
    use: (more: readonly TaskRunner[]): void => void runners.push(...more),
    async start(): Promise<void> {
      if (db.dialect === 'sqlite') await reaper.takeBackAll();
      await known.start();
      waiting.start();
      await admission.start();
      leases.start();
      reaper.start();
      retention.start();
      delayed.start();
      operations.start();
      dispatcher.start();
    },
    /** Accepts no new tasks any more; those that wait are done by the next process. */
    close: () => admission.close(),
    /** Takes no more tasks; resolves when what runs has ended, or was released after `drainMs`. */
    async stop(drainMs: number): Promise<void> {
      await Promise.all([dispatcher.stop(), delayed.stop(), operations.stop()]);
      const timer = clock.after(drainMs, () => {
        for (const id of running.ids()) running.interrupt(id, 'shutdown');
      });
      await running.idle();
      timer.cancel();
      const parts = [leases, reaper, retention, admission, waiting, known];
      await Promise.all(parts.map((part) => part.stop()));
    },
  };
}

/** A name for this process among replicas and restarts. */
export function newOwner(hostname: string, pid: number, now: number): string {
  return `${hostname}-${pid}-${newUuid(now).slice(-6)}`;
}
