import type { TaskEnded } from './end-task.js';
import type { Ending, Task } from './task.js';

type OnProgress = (task: Task, done: number, total: number) => void;
type OnEnded = (ended: TaskEnded) => void;

/** Whoever follows the tasks of this process. */
export function createTaskListeners() {
  const ofProgress = new Set<OnProgress>();
  const ofEnds = new Set<OnEnded>();
  return {
    progressed: (task: Task, done: number, total: number): void =>
      ofProgress.forEach((listen) => listen(task, done, total)),
    ended: (task: Task): void => ofEnds.forEach((listen) => listen(endOf(task))),
    onProgress: (listener: OnProgress): (() => void) => {
      ofProgress.add(listener);
      return () => ofProgress.delete(listener);
    },
    /** Calls `listener` after each task that ended in this process, whichever way. */
    onEnded: (listener: OnEnded): (() => void) => {
      ofEnds.add(listener);
      return () => ofEnds.delete(listener);
    },
  };
}

function endOf({ id, type, state, createdAt, endedAt }: Task): TaskEnded {
  return { id, type, ending: state as Ending, createdAt, endedAt: endedAt! };
}
