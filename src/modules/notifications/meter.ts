import type { Outcome } from './sending/judge-answer.js';

/** What is asked of the metrics of the process. */
interface Registry {
  counter: (
    name: string,
    help: string,
    labels?: readonly string[],
  ) => { inc: (labels?: Readonly<Record<string, string>>, by?: number) => void };
  gauge: (name: string, help: string, read: () => number | Promise<number>) => unknown;
  histogram: (name: string, help: string) => { observe: (value: number) => void };
}

export interface Measured {
  inFlight: () => number;
  /** Deliveries that wait, counted no further than `most`. */
  pending: (most: number) => Promise<number>;
  lag: () => Promise<number>;
}

const MOST_COUNTED = 100_000;

export function createMeter(metrics: Registry, measured: Measured) {
  const attempts = metrics.counter(
    'switchyard_webhook_attempts_total',
    'Requests to webhooks, by what came of them',
    ['outcome'],
  );
  const durations = metrics.histogram(
    'switchyard_webhook_attempt_seconds',
    'How long requests to webhooks took',
  );
  const made = metrics.counter('switchyard_webhook_deliveries_total', 'Deliveries that were made of events');
  const disabled = metrics.counter(
    'switchyard_webhooks_disabled_total',
    'Webhooks that were disabled by the service',
    ['reason'],
  );
  metrics.gauge('switchyard_webhook_requests_in_flight', 'Requests to webhooks under way', measured.inFlight);
  metrics.gauge(
    'switchyard_webhook_deliveries_pending',
    `Deliveries that wait, counted up to ${MOST_COUNTED}`,
    () => measured.pending(MOST_COUNTED),
  );
  metrics.gauge(
    'switchyard_webhook_event_lag',
    'Events of the log that no deliveries were made of yet',
    measured.lag,
  );
  return {
    made: (count: number): void => made.inc({}, count),
    disabled: (reason: string): void => disabled.inc({ reason }),
    attempt(outcome: Outcome, durationMs: number): void {
      attempts.inc({ outcome });
      durations.observe(durationMs / 1000);
    },
  };
}
