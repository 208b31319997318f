import { useEffect, useState } from '../vendor.js';
import { getJson, withQuery } from './api.js';
import { useTopic } from './live.js';
import { useLoad } from './load.js';

/** The kind of work whose result is a report. */
export const REPORT_TASK = 'aggregate_calls';

const MOST_RETRIES = 5;

export function hasEnded({ task_status: status }) {
  return status === 'completed' || status === 'error' || status === 'cancelled';
}

/** A task as it changes: `{ task, history, progress, retries, error }`. */
export function useTask(id) {
  const { data, error, change, reload, touch } = useLoad((signal) => loadTask(id, signal), [id]);
  const [progress, setProgress] = useState(null);
  useEffect(() => setProgress(null), [id]);
  useTopic(id && `tasks.${id}`, {
    onSnapshot: (task) => {
      change((loaded) => ({ ...loaded, task: { ...loaded.task, ...task } }));
      touch();
    },
    onEvent: ({ type, data: told }) => {
      if (type === 'task.progress') return setProgress(told.progress);
      change((loaded) => ({ ...loaded, task: { ...loaded.task, ...told } }));
      return reload();
    },
  });
  return { ...data, progress, error };
}

async function loadTask(id, signal) {
  const path = `api/v1/tasks/${encodeURIComponent(id)}`;
  const [task, history, retried] = await Promise.all([
    getJson(path, { signal }),
    getJson(`${path}/history`, { signal }),
    // Whether it was retried is worth knowing, but not worth failing for.
    getJson(withQuery('api/v1/tasks', { retry_of: id, limit: MOST_RETRIES }), { signal }).catch(() => ({
      statuses: [],
    })),
  ]);
  return { task, history: history.items, retries: retried.statuses };
}
