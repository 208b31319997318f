import type { Aggregator } from '../modules/reports/index.js';
import type { TasksApi } from '../modules/tasks/index.js';
import type { OutboxRelay } from '../platform/broker/index.js';
import type { Metrics } from '../platform/metrics/metrics.js';

/** Gauges that are read when somebody asks. */
export function registerMetrics(
  metrics: Metrics,
  parts: { tasks: TasksApi; aggregator: Aggregator; relay: OutboxRelay },
): void {
  metrics.gauge(
    'switchyard_tasks_waiting',
    'Tasks that wait to be started',
    () => parts.tasks.load().waiting,
  );
  metrics.gauge(
    'switchyard_tasks_running',
    'Tasks that run in this process',
    () => parts.tasks.load().running,
  );
  metrics.gauge('switchyard_data_passes', 'Passes over the data file since the start', () =>
    parts.aggregator.passes(),
  );
}
