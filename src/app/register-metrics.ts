import type { TasksApi } from '../modules/tasks/index.js';
import type { OutboxRelay } from '../platform/broker/index.js';
import type { Metrics } from '../platform/metrics/metrics.js';

/** Gauges of the ledger and the outbox that are read when somebody asks. */
export function registerMetrics(metrics: Metrics, tasks: TasksApi, relay: OutboxRelay): void {
  metrics.gauge('switchyard_tasks_waiting', 'Tasks that wait to be started', () => tasks.load().waiting);
  metrics.gauge('switchyard_tasks_running', 'Tasks that run in this process', () => tasks.load().running);
  metrics.gauge(
    'switchyard_outbox_waiting',
    'Messages that wait to be sent, up to 10,000',
    async () => (await relay.backlog()).depth,
  );
}
