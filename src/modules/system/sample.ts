import { addUp, quantile, type LatencyHistogram } from './latency-histogram.js';

export const MINUTE_MS = 60_000;

/** What one replica saw in one minute. */
export interface Sample {
  /** Epoch ms at which the minute began. */
  minute: number;
  /** Unique among replicas and restarts. */
  replica: string;
  completed: number;
  failed: number;
  cancelled: number;
  /** From acceptance to the end, of tasks that completed or failed. */
  latency: LatencyHistogram;
  /** Tasks that waited at the end of the minute, in the whole ledger. */
  waiting: number;
  /** Tasks that ran in this replica. */
  running: number;
  /** Messages ready, by queue; a queue that could not be counted is not there. */
  queues: Readonly<Record<string, number>>;
  /** The longest that the event loop was held up. */
  loopDelayMs: number;
}

/** A minute of all replicas. */
export interface Minute {
  minute: number;
  completed: number;
  failed: number;
  cancelled: number;
  latencyP50Ms: number | null;
  latencyP95Ms: number | null;
  waiting: number;
  running: number;
  queues: Readonly<Record<string, number>>;
  loopDelayMs: number;
}

export function minuteOf(epochMs: number): number {
  return Math.floor(epochMs / MINUTE_MS) * MINUTE_MS;
}

/** Adds up the samples of the same minute; oldest first. A minute that nobody sampled is not there. */
export function toMinutes(samples: readonly Sample[]): Minute[] {
  const byMinute = new Map<number, Sample[]>();
  for (const sample of samples) {
    const others = byMinute.get(sample.minute);
    if (others) others.push(sample);
    else byMinute.set(sample.minute, [sample]);
  }
  return [...byMinute].sort(([a], [b]) => a - b).map(([minute, parts]) => addUpMinute(minute, parts));
}

function addUpMinute(minute: number, parts: readonly Sample[]): Minute {
  const latency = addUp(parts.map((part) => part.latency));
  const sum = (of: (part: Sample) => number): number => parts.reduce((total, part) => total + of(part), 0);
  // The ledger and the queues are the same for all, seen at moments that differ.
  const most = (of: (part: Sample) => number): number => Math.max(...parts.map(of));
  return {
    minute,
    completed: sum((part) => part.completed),
    failed: sum((part) => part.failed),
    cancelled: sum((part) => part.cancelled),
    latencyP50Ms: quantile(latency, 0.5),
    latencyP95Ms: quantile(latency, 0.95),
    waiting: most((part) => part.waiting),
    running: sum((part) => part.running),
    queues: deepest(parts.map((part) => part.queues)),
    loopDelayMs: most((part) => part.loopDelayMs),
  };
}

function deepest(all: readonly Readonly<Record<string, number>>[]): Record<string, number> {
  const depths = new Map<string, number>();
  for (const queues of all) {
    for (const [queue, depth] of Object.entries(queues)) {
      depths.set(queue, Math.max(depth, depths.get(queue) ?? 0));
    }
  }
  return Object.fromEntries(depths);
}
