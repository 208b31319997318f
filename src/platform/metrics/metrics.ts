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

export interface MetricOptions {
  /** With its unit: `switchyard_tasks_duration_seconds`. */
  name: string;
  help: string;
  /** Label names. Their values must come from small sets: each combination is kept for ever. */
  labels?: readonly string[];
}

export interface GaugeOptions extends MetricOptions {
  /** Asked at each scrape, instead of `set`. */
  read?: () => number;
}

export interface HistogramOptions extends MetricOptions {
  /** Upper bounds, ascending. Default: 1 ms to 60 s, for seconds. */
  buckets?: readonly number[];
}

/** What the process counts, in a registry of its own. A name is registered once. */
export interface Metrics {
  counter(options: MetricOptions): CounterMetric;
  gauge(options: GaugeOptions): GaugeMetric;
  histogram(options: HistogramOptions): HistogramMetric;
  /** The Prometheus text format. */
  text(): Promise<string>;
  readonly contentType: string;
}

const SECONDS = [0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];

/** `processMetrics` adds those of Node (memory, CPU, event-loop delay at 1 ms resolution, collections). */
export function createMetrics({ processMetrics = true }: { processMetrics?: boolean } = {}): Metrics {
  const registry = new Registry();
  const registers = [registry];
  if (processMetrics) collectDefaultMetrics({ register: registry, eventLoopMonitoringPrecision: 1 });
  return {
    contentType: registry.contentType,
    text: () => registry.metrics(),
    counter({ name, help, labels = [] }) {
      const counter = new Counter({ name, help, labelNames: labels, registers });
      return { inc: (values = {}, by = 1) => counter.inc(values, by) };
    },
    gauge({ name, help, labels = [], read }) {
      const collect = read && ((): void => gauge.set(read()));
      const gauge: Gauge = new Gauge({
        name,
        help,
        labelNames: labels,
        registers,
        ...(collect ? { collect } : {}),
      });
      return { set: (value, values = {}) => gauge.set(values, value) };
    },
    histogram({ name, help, labels = [], buckets = SECONDS }) {
      const histogram = new Histogram({ name, help, labelNames: labels, buckets: [...buckets], registers });
      return { observe: (value, values = {}) => histogram.observe(values, value) };
    },
  };
}
