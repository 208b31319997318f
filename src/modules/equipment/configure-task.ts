export { hasEnded } from '../tasks/index.js';
export type { Task, TasksApi } from '../tasks/index.js';
