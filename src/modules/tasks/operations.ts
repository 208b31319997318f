import { listTypes, pauseType, resumeType } from './pause-type.js';
import type { PauseDeps } from './pause-type.js';
import { createBulkWork } from './run-bulks.js';
import type { RunBulksDeps } from './run-bulks.js';
import { previewBulk, requireBulk, startBulk } from './start-bulk.js';
import type { BulkDeps } from './start-bulk.js';
import type { TasksApi } from './tasks-api.js';

type OperationsApi = Pick<TasksApi, 'previewBulk' | 'startBulk' | 'bulk' | 'types' | 'pause' | 'resume'>;

/** What operators do to many tasks at once, and the work on it. */
export function createOperations(deps: BulkDeps & PauseDeps & RunBulksDeps) {
  const api: OperationsApi = {
    previewBulk: (action, filter) => previewBulk(deps, action, filter),
    startBulk: (bulk) => startBulk(deps, bulk),
    bulk: (id) => requireBulk(deps.bulks, id),
    types: () => listTypes(deps),
    pause: (type, actor, reason) => pauseType(deps, type, { actor, reason }),
    resume: (type, actor) => resumeType(deps, type, actor),
  };
  return { api, ...createBulkWork(deps) };
}
