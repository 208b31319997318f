export { hasEnded, storableText } from '../tasks/index.js';
export type { Task, TasksApi } from '../tasks/index.js';
