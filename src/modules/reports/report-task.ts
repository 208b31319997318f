export { CORRELATION_ID_MAX, viewOf } from '../tasks/index.js';
export type { Task, TasksApi } from '../tasks/index.js';
