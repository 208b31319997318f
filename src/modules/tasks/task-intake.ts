import type { Clock } from '../../kernel/clock.js';
import type { EventLog } from '../../kernel/event.js';
import type { Logger } from '../../kernel/logger.js';
import type { Transactions, Tx } from '../../kernel/tx.js';
import { createCompletionAtOnce } from './complete-at-once.js';
import { createTaskCreation } from './create-task.js';
import type { CreateTaskDeps, NewTask, PreparedTask } from './create-task.js';
import type { KnownPauses } from './known-pauses.js';
import { plainTask, prepareTask } from './prepare-task.js';
import type { Task, TaskResult } from './task.js';
import type { TaskRunner } from './task-runner.js';
import type { TasksRepository } from './tasks.repository.js';

export interface TaskIntakeDeps {
  db: Transactions;
  clock: Clock;
  log: Logger;
  events: EventLog;
  repository: TasksRepository;
  owner: string;
  deadlineMs: number;
  known: Pick<KnownPauses, 'isPaused' | 'doubt'>;
  runnerOf: (type: string) => TaskRunner | undefined;
  startAtOnce: CreateTaskDeps['startAtOnce'];
  onEnded: (ended: Task, result: TaskResult | null) => void;
  /** Throws when no more work is taken at the moment. */
  admit: () => void;
}

/** How tasks come into the ledger: prepared, then added to a transaction; or both in one. */
export function createTaskIntake(deps: TaskIntakeDeps) {
  const { known } = deps;
  const addDone = createCompletionAtOnce({ ...deps, onRefused: (type) => known.doubt(type) });
  const add = createTaskCreation({ ...deps, addDone });
  const preparing = { ...deps, isPaused: (type: string) => known.isPaused(type) };
  const prepare = (input: NewTask): Promise<PreparedTask> => prepareTask(preparing, input);
  const create = (tx: Tx, input: NewTask): Task => add(tx, plainTask(preparing, input));
  return {
    ...{ prepare, add, create },
    /** The same for other modules, as far as there is room. */
    admitted: {
      prepare,
      add: (tx: Tx, task: PreparedTask): Task => (deps.admit(), add(tx, task)),
      create: (tx: Tx, task: NewTask): Task => (deps.admit(), create(tx, task)),
    },
  };
}
