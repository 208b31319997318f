import type { Aggregator } from '../modules/reports/index.js';
import type { TasksApi } from '../modules/tasks/index.js';
import type { OutboxRelay } from '../platform/broker/index.js';
import type { Metrics } from '../platform/metrics/metrics.js';

/** The gauge of waiting dead letters; the reasons are few. */
export function countDeadLetters(metrics: Metrics): (reason: string, count: number) => void {
  const help = 'Dead letters that wait to be replayed or discarded';
  const gauge = metrics.gauge('switchyard_dead_letters_waiting', help, ['reason']);
  return (reason, count) => gauge.set(count, { reason });
}

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
