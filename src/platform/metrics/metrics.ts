import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import { addLoopDelay } from './event-loop-delay.js';
import { addProcessMetrics } from './process-metrics.js';

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

export type ReadGauge = () => number | Promise<number>;

/**
 * What the process counts, in a registry of its own. Names carry their unit (`switchyard_tasks_duration_seconds`)
 * and are registered once. Label values must come from small sets: each combination is kept for ever.
 */
export interface Metrics {
  counter(name: string, help: string, labels?: readonly string[]): CounterMetric;
  /** Set by hand. */
  gauge(name: string, help: string, labels: readonly string[]): GaugeMetric;
  /** Read at each scrape, and left out of one where `read` throws or rejects. */
  gauge(name: string, help: string, read: ReadGauge): GaugeMetric;
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
  /** Begins to follow the event loop and the garbage collector. Idempotent. */
  start(): void;
  /** Leaves nothing running; what was counted stays readable. Idempotent. */
  stop(): void;
}

const SECONDS = [0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];

/** Metrics of one service, those of its process and event loop among them. */
export function createMetrics(): Metrics {
  const registry = new Registry();
  const registers = [registry];
  const parts = [addProcessMetrics(registry), addLoopDelay(registry)] as const;
  return {
    contentType: registry.contentType,
    async text() {
      await parts[1].read();
      return registry.metrics();
    },
    counter(name, help, labels = []) {
      const counter = new Counter({ name, help, labelNames: labels, registers });
      return { inc: (values = {}, by = 1) => counter.inc(values, by) };
    },
    gauge(name: string, help: string, from: readonly string[] | ReadGauge) {
      const source =
        typeof from === 'function'
          ? { collect: (): Promise<void> => show(gauge, from) }
          : { labelNames: from };
      const gauge: Gauge = new Gauge({ name, help, registers, ...source });
      return { set: (value: number, values: Labels = {}) => gauge.set(values, value) };
    },
    histogram(name, help, labels = [], buckets = SECONDS) {
      const histogram = new Histogram({ name, help, labelNames: labels, buckets: [...buckets], registers });
      return { observe: (value, values = {}) => histogram.observe(values, value) };
    },
    start: () => parts.forEach((part) => part.start()),
    stop: () => parts.forEach((part) => part.stop()),
  };
}

async function show(gauge: Gauge, read: ReadGauge): Promise<void> {
  try {
    gauge.set(await read());
  } catch {
    gauge.remove(); // the other metrics are told; an old value would look like a measured one
  }
}
