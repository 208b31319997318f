import type { Task } from '../tasks/index.js';

/** A state as the predecessor's clients know it. */
export interface CpeState {
  code: number;
  message: string;
}

export interface TaskAnswer {
  status: 200 | 404 | 500;
  body: CpeState;
}

export const EQUIPMENT_NOT_FOUND: TaskAnswer = {
  status: 404,
  body: { code: 404, message: 'The requested equipment is not found' },
};
export const TASK_NOT_FOUND: TaskAnswer = {
  status: 404,
  body: { code: 404, message: 'The requested task is not found' },
};
const COMPLETED: TaskAnswer = { status: 200, body: { code: 200, message: 'Completed' } };
/** A real 204 could carry no body. */
const RUNNING: TaskAnswer = { status: 200, body: { code: 204, message: 'Task is still running' } };
const FAILED: TaskAnswer = { status: 500, body: { code: 500, message: 'Internal provisioning exception' } };

/** The error code of a task whose device the provisioning service does not know. */
export const UNKNOWN_DEVICE = 'equipment.not-found';

/** What is answered for a task: why it failed stands in the task itself. */
export function answerOf({ state, errorCode }: Pick<Task, 'state' | 'errorCode'>): TaskAnswer {
  if (state === 'completed') return COMPLETED;
  if (state === 'pending' || state === 'in_work') return RUNNING;
  return errorCode === UNKNOWN_DEVICE ? EQUIPMENT_NOT_FOUND : FAILED;
}
