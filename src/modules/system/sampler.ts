import type { Clock, Timer } from '../../kernel/clock.js';
import { messageOf } from '../../kernel/errors.js';
import type { Logger } from '../../kernel/logger.js';
import { LatencyTally } from './latency-histogram.js';
import { MINUTE_MS, minuteOf, type Sample } from './sample.js';
import type { SamplesRepository } from './samples.repository.js';

const KEPT_MS = 24 * 3_600_000;
const EARLY_MS = 500;

/** A task that ended in this replica. */
export interface EndedTask {
  ending: 'completed' | 'error' | 'cancelled';
  /** From acceptance to the end. */
  tookMs: number;
}

/** What is read at the moment of a sample. */
export interface Gauges {
  waiting: number;
  running: number;
  queues: Readonly<Record<string, number>>;
}

export interface SamplerDeps {
  clock: Clock;
  log: Logger;
  repository: SamplesRepository;
  /** Names this process among replicas and restarts. */
  replica: string;
  gauges: () => Promise<Gauges>;
  /** The longest, in ms, that the event loop was held up since the last call. */
  loopDelayMs: () => number;
}

interface Tally {
  minute: number;
  completed: number;
  failed: number;
  cancelled: number;
  latency: LatencyTally;
  loopDelayMs: number;
}

export type Sampler = ReturnType<typeof createSampler>;

/** Counts along, and stores one row at the end of each minute. */
export function createSampler(deps: SamplerDeps) {
  const { clock, log, repository } = deps;
  let tally = newTally(thisMinute(clock));
  let timer: Timer | undefined;
  let storing: Promise<void> = Promise.resolve();
  let active = false;

  async function sampleOf({ latency, ...counted }: Tally): Promise<Sample> {
    return { ...counted, replica: deps.replica, latency: latency.counts(), ...(await deps.gauges()) };
  }

  function look(): Tally {
    tally.loopDelayMs = Math.max(tally.loopDelayMs, deps.loopDelayMs());
    return tally;
  }

  /** A minute that cannot be stored is a gap in the plots, no more. */
  async function store(): Promise<void> {
    const over = look();
    tally = newTally(thisMinute(clock));
    try {
      await repository.put(await sampleOf(over), over.minute - KEPT_MS);
    } catch (error) {
      log.warn({ error: messageOf(error) }, 'the sample of a minute could not be stored');
    }
  }

  /** By the minute that is counted: the one that is now may be another, where this one was begun long ago. */
  function plan(): void {
    if (!active) return;
    const leftMs = tally.minute + MINUTE_MS - clock.now();
    timer = clock.after(Math.min(Math.max(leftMs, 0), MINUTE_MS + EARLY_MS), () => {
      storing = store().finally(plan);
    });
  }

  return {
    ended({ ending, tookMs }: EndedTask): void {
      tally[ending === 'error' ? 'failed' : ending]++;
      if (ending !== 'cancelled') tally.latency.add(tookMs);
    },
    /** This replica's minute so far. */
    current: (): Promise<Sample> => sampleOf(look()),
    start(): void {
      if (active) return;
      active = true;
      plan();
    },
    /** Stores what the minute has so far, so that a restart leaves no gap. */
    async stop(): Promise<void> {
      if (!active) return;
      active = false;
      timer?.cancel();
      await storing;
      await store();
    },
  };
}

/** The clock may be a little behind the timer that it set. */
function thisMinute(clock: Clock): number {
  return minuteOf(clock.now() + EARLY_MS);
}

function newTally(minute: number): Tally {
  return { minute, completed: 0, failed: 0, cancelled: 0, latency: new LatencyTally(), loopDelayMs: 0 };
}
