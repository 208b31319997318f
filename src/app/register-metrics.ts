import type { TasksApi } from '../modules/tasks/index.js';
import type { Metrics } from '../platform/metrics/metrics.js';

/** Gauges of the ledger that are read when somebody asks. */
export function registerMetrics(metrics: Metrics, tasks: TasksApi): void {
  metrics.gauge('switchyard_tasks_waiting', 'Tasks that wait to be started', () => tasks.load().waiting);
  metrics.gauge('switchyard_tasks_running', 'Tasks that run in this process', () => tasks.load().running);
}
