import { type Clock, sleep } from '../../../kernel/clock.js';
import { messageOf } from '../../../kernel/errors.js';
import type { Logger } from '../../../kernel/logger.js';
import { TxConflict } from '../../../kernel/tx.js';
import type { Course } from '../course.js';
import type { RatesApi } from '../rates-api.js';
import type { Alert } from './alert.js';
import type { AlertsRepository } from './alerts.repository.js';
import { knownPrices } from './known-prices.js';
import { fireAlert, rearmAlert } from './turn-alert.js';
import type { TurnAlertDeps } from './turn-alert.js';
import { WatchedAlerts } from './watched-alerts.js';
import type { Turn } from './watched-alerts.js';

export interface AlertWatchDeps extends TurnAlertDeps {
  clock: Clock;
  log: Logger;
  rates: Pick<RatesApi, 'course' | 'onCourse' | 'history'>;
  repository: Pick<AlertsRepository, 'change' | 'list'>;
  hysteresisBp: number;
  onFired: () => void;
}

/** Changes by others are told; this is for what was not. */
const LOOK_MS = 30_000;
const RETRY_MS = 1_000;
const PAGE = 500;
/** Transactions under way at once. */
const MOST_TURNING = 20;

/**
 * Judges every alert at each change of its course, in one process at a time, from memory; only what turns is written.
 * While the database is away what turned waits, and is then judged anew by the course of that moment.
 */
export function createAlertWatch(deps: AlertWatchDeps) {
  const { clock, log, rates } = deps;
  const watched = new WatchedAlerts(deps.hysteresisBp);
  const waiting: Turn[] = [];
  const turning = new Set<Promise<void>>();
  let stopping: AbortController | undefined;
  let working: Promise<void> = Promise.resolve();
  let rung = new AbortController();
  let forget: (() => void) | undefined;

  function hear(course: Course): void {
    waiting.push(...watched.hear(course, clock.now()));
    next();
  }

  function next(): void {
    while (turning.size < MOST_TURNING) {
      const turn = waiting.shift();
      if (!turn) return;
      const done = turnOne(turn).finally(() => {
        turning.delete(done);
        if (stopping && !stopping.signal.aborted) next();
      });
      turning.add(done);
    }
  }

  /** Never rejects. */
  async function turnOne({ watched: one, to, course, changePct }: Turn): Promise<void> {
    try {
      const cause = { course, changePct };
      one.alert =
        to === 'fired' ? await fireAlert(deps, one.alert, cause) : await rearmAlert(deps, one.alert);
      if (to === 'fired') deps.onFired();
    } catch (error) {
      if (error instanceof TxConflict) return rung.abort(); // somebody removed it: what is stored is read again
      log.warn({ alert: one.alert.id, error: messageOf(error) }, 'an alert waits for the database');
      await sleep(clock, RETRY_MS, stopping?.signal);
    } finally {
      one.isTurning = false;
    }
    judgeNow([one.alert.pair]);
  }

  function judgeNow(pairs: readonly string[]): void {
    if (!stopping || stopping.signal.aborted) return;
    for (const pair of pairs) {
      const course = rates.course(pair);
      if (course) hear(course);
    }
  }

  async function work(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      rung = new AbortController();
      const isRead = await read().catch((error: unknown) => {
        log.warn({ error: messageOf(error) }, 'alerts wait for the database');
        return false;
      });
      if (!signal.aborted && !rung.signal.aborted)
        await sleep(clock, isRead ? LOOK_MS : RETRY_MS, rung.signal);
    }
    await Promise.all(turning);
  }

  async function read(): Promise<boolean> {
    const alerts = await allAlerts(deps.repository);
    for (const { pair, window } of watched.load(alerts)) {
      window.seed(await knownPrices(rates, pair, window.windowMs, clock.now()));
    }
    judgeNow(watched.pairs());
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
      forget = rates.onCourse(hear);
      working = work(stopping.signal);
    },
    /** Resolves when nothing is under way. */
    async stop(): Promise<void> {
      stopping?.abort();
      rung.abort();
      forget?.();
      await working;
      waiting.length = 0;
      watched.clear();
      stopping = undefined;
    },
  };
}

async function allAlerts(repository: Pick<AlertsRepository, 'list'>): Promise<Alert[]> {
  const all: Alert[] = [];
  for (;;) {
    const page = await repository.list({}, PAGE, all.at(-1)?.id);
    all.push(...page);
    if (page.length < PAGE) return all;
  }
}
