import type { ApiTask } from './api-types.js';
import type { ApiClient } from './api-client.js';

/** A filter as the API takes it, in a query or in a body. */
export type TaskFilterFields = Readonly<Record<string, string | number>>;

export interface ApiHistoryEntry {
  at: string;
  from: string | null;
  to: string;
  reason: string;
  attempt: number;
  actor: string;
}

export interface ApiTaskType {
  type: string;
  paused: boolean;
  paused_by: string | null;
  paused_at: string | null;
  reason: string | null;
  waiting: number;
  running: number;
  concurrency: number;
}

export interface ApiBulk {
  bulk_id: string;
  matched: number;
  done: number;
  skipped: number;
  ended_at: string | null;
}

const TASKS = '/api/v1/tasks';
const TYPES = '/api/v1/task-types';

/** The calls about tasks and their types. */
export function createTasksClient(client: ApiClient) {
  /** Newest first, `limit` of them or all there are; a page may be empty and still have a next one. */
  async function list(filter: TaskFilterFields, limit: number): Promise<ApiTask[]> {
    const query = new URLSearchParams();
    for (const [key, value] of Object.entries(filter)) query.set(key, String(value));
    query.set('limit', String(Math.min(limit, 1_000)));
    const found: ApiTask[] = [];
    for (let path: string | undefined = `${TASKS}?${query.toString()}`; path && found.length < limit;) {
      const { body, next }: { body: { statuses: ApiTask[] }; next: string | undefined } =
        await client.page(path);
      found.push(...body.statuses);
      path = next;
    }
    return found.slice(0, limit);
  }

  async function act<T>(path: string, body: object, key?: string): Promise<T> {
    const headers = key === undefined ? {} : { 'idempotency-key': key };
    const once = key === undefined;
    return (await client.page<T>(path, { method: 'POST', body, headers, once })).body;
  }

  return {
    list,
    get: async (id: string): Promise<ApiTask> => client.task(id),
    history: async (id: string): Promise<ApiHistoryEntry[]> =>
      (await client.page<{ items: ApiHistoryEntry[] }>(`${pathOf(id)}/history`)).body.items,
    cancel: (id: string): Promise<ApiTask> => act(`${pathOf(id)}/cancel`, {}),
    retry: (id: string, key: string): Promise<ApiTask> => act(`${pathOf(id)}/retry`, {}, key),
    preview: (action: 'cancel' | 'retry', filter: TaskFilterFields): Promise<{ matched: number }> =>
      act(`${TASKS}/${action}`, { filter, dry_run: true }),
    start: (
      action: 'cancel' | 'retry',
      filter: TaskFilterFields,
    ): Promise<{ accepted: number; bulk_id: string }> => act(`${TASKS}/${action}`, { filter }),
    bulk: async (id: string): Promise<ApiBulk> =>
      (await client.page<ApiBulk>(`/api/v1/task-bulks/${encodeURIComponent(id)}`)).body,
    types: async (): Promise<ApiTaskType[]> =>
      (await client.page<{ items: ApiTaskType[] }>(TYPES)).body.items,
    pause: (type: string, reason?: string): Promise<ApiTaskType> =>
      act(`${TYPES}/${encodeURIComponent(type)}/pause`, reason === undefined ? {} : { reason }),
    resume: (type: string): Promise<ApiTaskType> => act(`${TYPES}/${encodeURIComponent(type)}/resume`, {}),
  };
}

export type TasksClient = ReturnType<typeof createTasksClient>;

function pathOf(id: string): string {
  return `${TASKS}/${encodeURIComponent(id)}`;
}
