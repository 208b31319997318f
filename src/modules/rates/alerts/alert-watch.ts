import { type Clock, sleep } from '../../../kernel/clock.js';
import { messageOf } from '../../../kernel/errors.js';
import type { Logger } from '../../../kernel/logger.js';
import { inSlices } from '../../../kernel/slices.js';
import { TxConflict } from '../../../kernel/tx.js';
import type { Course } from '../course.js';
import type { RatesApi } from '../rates-api.js';
import type { Alert } from './alert.js';
import { createAlertReader } from './alert-reader.js';
import type { AlertsRepository } from './alerts.repository.js';
import { CourseSweeps } from './course-sweeps.js';
import { knownPrices } from './known-prices.js';
import type { Crossing } from './quantity.js';
import { fireAlert, rearmAlert } from './turn-alert.js';
import type { TurnAlertDeps } from './turn-alert.js';
import { TurnQueue } from './turn-queue.js';
import type { Turn } from './turn-queue.js';
import { hearBy, WatchedAlerts } from './watched-alerts.js';

export interface AlertWatchDeps extends TurnAlertDeps {
  clock: Clock;
  log: Logger;
  rates: Pick<RatesApi, 'course' | 'onCourse' | 'history'>;
  repository: Pick<AlertsRepository, 'change' | 'list' | 'byIds'>;
  hysteresisBp: number;
  onFired: () => void;
}

/** Changes by others are told; this is for what was not. */
const LOOK_MS = 30_000;
const RETRY_MS = 1_000;
/** Transactions under way at once. */
const MOST_TURNING = 20;

/**
 * Judges every alert at each change of its course, in one process at a time, from memory; only what turns is written.
 * While the database is away what turned waits, and is then judged anew by the course of that moment.
 */
export function createAlertWatch(deps: AlertWatchDeps) {
  const { clock, log, rates } = deps;
  const watched = new WatchedAlerts(deps.hysteresisBp, clock);
  const reader = createAlertReader(deps);
  const queue = new TurnQueue();
  const changes = new CourseSweeps(clock, {
    steps: (course, at) => watched.hearChanges(course, at),
    each: take,
  });
  const turning = new Set<Promise<void>>();
  let stopping: AbortController | undefined;
  let working: Promise<void> = Promise.resolve();
  let rung = new AbortController();
  /** Whether what is watched may differ from what is stored by more than what changed since. */
  let isWhole = true;
  let forget: (() => void) | undefined;

  function hear(course: Course): void {
    const now = clock.now();
    take(course, watched.hear(course, now));
    changes.hear(course, now);
  }

  function take(course: Course, crossings: readonly Crossing[]): void {
    if (!stopping || stopping.signal.aborted) return;
    queue.add(course, crossings);
    next();
  }

  function next(): void {
    while (turning.size < MOST_TURNING) {
      const turn = queue.take();
      if (!turn) return;
      const done = turnOne(turn).finally(() => {
        turning.delete(done);
        if (stopping && !stopping.signal.aborted) next();
      });
      turning.add(done);
    }
  }

  /** Never rejects. */
  async function turnOne(turn: Turn): Promise<void> {
    const { watched: one } = turn;
    try {
      watched.settle(one, await turned(turn));
    } catch (error) {
      if (error instanceof TxConflict) {
        watched.settle(one, one.alert);
        isWhole = true; // it is not as it was: what is stored is read again
        return rung.abort();
      }
      log.warn({ alert: one.alert.id, error: messageOf(error) }, 'an alert waits for the database');
      await sleep(clock, RETRY_MS, stopping?.signal);
      watched.settle(one, one.alert);
    }
    const course = rates.course(one.alert.pair);
    if (course) take(course, hearBy(one.quantity, course, clock.now()));
  }

  /** What is stored of it then; nothing is written where that was read anew, and is so already. */
  async function turned({ watched: { alert }, to, ...cause }: Turn): Promise<Alert> {
    if (alert.state === to) return alert;
    if (to === 'armed') return rearmAlert(deps, alert);
    const fired = await fireAlert(deps, alert, cause);
    deps.onFired();
    return fired;
  }

  async function work(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      rung = new AbortController();
      const isRead = await read().catch((error: unknown) => {
        isWhole = true;
        log.warn({ error: messageOf(error) }, 'alerts wait for the database');
        return false;
      });
      if (!signal.aborted && !rung.signal.aborted)
        await sleep(clock, isRead ? LOOK_MS : RETRY_MS, rung.signal);
    }
    await Promise.all([changes.idle(), ...turning]);
  }

  async function read(): Promise<boolean> {
    const wanted = isWhole;
    isWhole = false;
    const { alerts, ids } = await reader.read(wanted);
    for (const { pair, change } of await watched.load(alerts, ids)) {
      change.seed(await knownPrices(rates, pair, change.window.windowMs, clock.now()));
    }
    await inSlices(clock, ids ? new Set(alerts.map(({ pair }) => pair)) : watched.pairs(), (pair) => {
      const course = rates.course(pair);
      if (course) hear(course);
    });
    return true;
  }

  return {
    /** Alerts were added or removed. */
    wake: (): void => rung.abort(),
    /** How many are watched here. */
    size: (): number => watched.size,
    start(): void {
      if (stopping) return;
      stopping = new AbortController();
      isWhole = true;
      forget = rates.onCourse(hear);
      working = work(stopping.signal);
    },
    /** Resolves when nothing is under way. */
    async stop(): Promise<void> {
      stopping?.abort();
      rung.abort();
      forget?.();
      await working;
      queue.clear();
      watched.clear();
      stopping = undefined;
    },
  };
}
