import { monitorEventLoopDelay } from 'node:perf_hooks';
import type { IntervalHistogram } from 'node:perf_hooks';
import { Gauge } from 'prom-client';
import type { Registry } from 'prom-client';

const RESOLUTION_MS = 1;
const RESOLUTION_NS = RESOLUTION_MS * 1e6;
const NS_PER_S = 1e9;

export interface LoopDelayMetrics {
  start: () => void;
  stop: () => void;
  /** Shows what was measured since the last call. */
  read: () => Promise<void>;
}

/**
 * Gauges of how late the event loop ran since they were read last: median, p99 and maximum, in seconds. It is
 * sampled every millisecond; the millisecond that a sample takes anyway is not counted.
 */
export function addLoopDelay(registry: Registry): LoopDelayMetrics {
  let samples: IntervalHistogram | undefined;
  const late = (ns = 0): number => (samples?.count ? Math.max(0, ns - RESOLUTION_NS) / NS_PER_S : 0);
  const [p50, p99, max] = ['p50', 'p99', 'max'].map((which) => delayGauge(registry, which));
  return {
    start() {
      samples ??= monitorEventLoopDelay({ resolution: RESOLUTION_MS });
      samples.enable();
    },
    stop: () => void samples?.disable(),
    async read() {
      await samplesAreIn();
      p50!.set(late(samples?.percentile(50)));
      p99!.set(late(samples?.percentile(99)));
      max!.set(late(samples?.max));
      samples?.reset();
    },
  };
}

function delayGauge(registry: Registry, which: string): Gauge {
  return new Gauge({
    name: `switchyard_event_loop_delay_${which}_seconds`,
    help: `How late the event loop ran, ${which} since these metrics were read last`,
    registers: [registry],
  });
}

/** Timers run between two immediates: a delay of this very turn is sampled before the samples are emptied. */
async function samplesAreIn(): Promise<void> {
  for (let turn = 0; turn < 2; turn++) await new Promise((resolve) => setImmediate(resolve));
}
