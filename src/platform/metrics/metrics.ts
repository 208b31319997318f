import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';

export type Labels = Readonly<Record<string, string | number>>;

export interface CounterMetric {
  /** Default: by 1. */
  inc(labels?: Labels, by?: number): void;
}

export interface GaugeMetric {
  set(value: number, labels?: Labels): void;
}

export interface HistogramMetric {
  observe(value: number, labels?: Labels): void;
}

/**
 * What the process counts, in a registry of its own. Names carry their unit (`switchyard_tasks_duration_seconds`)
 * and are registered once. Label values must come from small sets: each combination is kept for ever.
 */
export interface Metrics {
  counter(name: string, help: string, labels?: readonly string[]): CounterMetric;
  /** Set by hand. */
  gauge(name: string, help: string, labels: readonly string[]): GaugeMetric;
  /** Read at each scrape. */
  gauge(name: string, help: string, read: () => number): GaugeMetric;
  /** `buckets`: upper bounds, ascending. Default: 1 ms to 60 s, for seconds. */
  histogram(
    name: string,
    help: string,
    labels?: readonly string[],
    buckets?: readonly number[],
  ): HistogramMetric;
  /** The Prometheus text format. */
  text(): Promise<string>;
  readonly contentType: string;
  /** Begins with Node's own: memory, CPU, event-loop delay (1 ms resolution), garbage collection. Idempotent. */
  start(): void;
  /** Forgets everything. */
  stop(): void;
}

const SECONDS = [0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];

export function createMetrics(): Metrics {
  const registry = new Registry();
  const registers = [registry];
  let started = false;
  return {
    contentType: registry.contentType,
    text: () => registry.metrics(),
    counter(name, help, labels = []) {
      const counter = new Counter({ name, help, labelNames: labels, registers });
      return { inc: (values = {}, by = 1) => counter.inc(values, by) };
    },
    gauge(name: string, help: string, from: readonly string[] | (() => number)) {
      const source =
        typeof from === 'function' ? { collect: (): void => gauge.set(from()) } : { labelNames: from };
      const gauge: Gauge = new Gauge({ name, help, registers, ...source });
      return { set: (value: number, values: Labels = {}) => gauge.set(values, value) };
    },
    histogram(name, help, labels = [], buckets = SECONDS) {
      const histogram = new Histogram({ name, help, labelNames: labels, buckets: [...buckets], registers });
      return { observe: (value, values = {}) => histogram.observe(values, value) };
    },
    start() {
      if (!started) collectDefaultMetrics({ register: registry, eventLoopMonitoringPrecision: 1 });
      started = true;
    },
    stop: () => registry.clear(),
  };
}
