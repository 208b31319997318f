import type { Clock } from '../../kernel/clock.js';
import { taskFrom } from './create-task.js';
import type { NewTask, PreparedTask } from './create-task.js';
import type { TaskRunner } from './task-runner.js';

export interface PrepareTaskDeps {
  clock: Clock;
  deadlineMs: number;
  runnerOf: (type: string) => TaskRunner | undefined;
  isPaused: (type: string) => boolean;
}

/** A task as it will be stored, without its outcome. */
export function plainTask({ clock, deadlineMs }: PrepareTaskDeps, input: NewTask): PreparedTask {
  return { task: taskFrom(input, clock.now(), deadlineMs), keys: input.keys ?? [] };
}

/** The same, with its outcome where the runner has that without work. One that must wait is not asked about. */
export async function prepareTask(deps: PrepareTaskDeps, input: NewTask): Promise<PreparedTask> {
  const prepared = plainTask(deps, input);
  const { task } = prepared;
  const runner = deps.runnerOf(task.type);
  const mustWait = task.lane !== null || task.notBefore > task.createdAt || deps.isPaused(task.type);
  if (!runner?.atOnce || mustWait) return prepared;
  return { ...prepared, done: await runner.atOnce(task) };
}
