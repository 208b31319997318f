import { monitorEventLoopDelay, type IntervalHistogram } from 'node:perf_hooks';

const RESOLUTION_MS = 1;
const NS_PER_MS = 1e6;

export interface LoopDelay {
  start: () => void;
  stop: () => void;
  /** The longest, in ms, that the event loop was held up since the last call; 0 while not started. */
  read: () => number;
}

/** Follows the event loop for one reader, beside the metrics, which empty theirs at each scrape. */
export function createLoopDelay(): LoopDelay {
  let samples: IntervalHistogram | undefined;
  return {
    start() {
      samples ??= monitorEventLoopDelay({ resolution: RESOLUTION_MS });
      samples.enable();
    },
    stop: () => void samples?.disable(),
    read() {
      const late = samples?.count ? Math.max(0, samples.max / NS_PER_MS - RESOLUTION_MS) : 0;
      samples?.reset();
      return late;
    },
  };
}
