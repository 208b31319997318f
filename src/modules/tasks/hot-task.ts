import type { HotRead } from '../../kernel/hot-read.js';
import type { EndedTasks } from './ended-tasks.js';
import { etagOf, VIEW_TYPE } from './task-view.js';

/** `GET /api/v1/tasks/{task_id}` of ended tasks in memory. */
export function hotTask(ended: EndedTasks): HotRead {
  return {
    route: '/api/v1/tasks/:task_id',
    find(id) {
      const entry = ended.get(id);
      return entry && { contentType: VIEW_TYPE, body: entry.view, headers: { ETag: etagOf(entry.task) } };
    },
  };
}
