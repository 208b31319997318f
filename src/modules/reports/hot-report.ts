import type { HotRead } from '../../kernel/hot-read.js';
import type { TasksApi } from '../tasks/index.js';
import { REPORT_TASK } from './report-payload.js';

/** `GET /api/v1/report/{task_id}` as JSON, of completed reports that the ledger has in memory. */
export function hotReport(tasks: Pick<TasksApi, 'ended'>): HotRead {
  return {
    route: '/api/v1/report/:task_id',
    find(id) {
      const { task, result } = tasks.ended(id) ?? {};
      if (task?.type !== REPORT_TASK || task.state !== 'completed' || !result) return undefined;
      return { contentType: result.contentType, body: result.body, headers: { Vary: 'Accept' } };
    },
  };
}
