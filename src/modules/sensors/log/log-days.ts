import type { Clock } from '../../../kernel/clock.js';
import type { Logger } from '../../../kernel/logger.js';
import { messageOf } from '../../../kernel/errors.js';
import { DAY_MS, dayOf, daysBetween, startOfDay } from './log-day.js';
import type { LogDay } from './log-day.js';
import type { LogDaysRepository } from './log-days.repository.js';

export interface LogDaysDeps {
  repository: LogDaysRepository;
  clock: Clock;
  log: Logger;
  /** Days before today for which the log is kept. */
  keepDays: number;
}

export type LogDays = ReturnType<typeof createLogDays>;

/** Tomorrow and the day after are there before anybody needs them. */
const AHEAD_DAYS = 2;

/** Which days the log has: made in advance, made where a late event needs one, dropped whole when they are old. */
export function createLogDays({ repository, clock, log, keepDays }: LogDaysDeps) {
  let known: readonly LogDay[] = [];
  let names: ReadonlySet<LogDay> = new Set();

  async function refresh(): Promise<void> {
    known = await repository.list();
    names = new Set(known);
  }

  /** The first moment that is still taken into the log, epoch ms. */
  function oldestKept(): number {
    return startOfDay(clock.now()) - keepDays * DAY_MS;
  }

  async function ensure(days: Iterable<LogDay>): Promise<void> {
    const missing = [...new Set(days)].filter((day) => !names.has(day));
    if (missing.length === 0) return;
    await repository.make(missing);
    await refresh();
  }

  async function dropOld(): Promise<number> {
    const first = dayOf(oldestKept());
    const old = known.filter((day) => day < first);
    for (const day of old) {
      await repository.drop(day);
      log.info({ day }, 'a day of the status log was dropped');
    }
    if (old.length > 0) await refresh();
    return old.length;
  }

  return {
    ensure,
    oldestKept,
    /** Newest first, those that a period touches. */
    within: (fromMs: number, toMs: number): LogDay[] => {
      const [from, to] = [dayOf(Math.max(fromMs, 0)), dayOf(toMs)];
      return known.filter((day) => day >= from && day <= to).reverse();
    },
    refresh,
    /** Makes the days to come, and drops those that are no longer kept. */
    async upkeep(): Promise<{ dropped: number }> {
      const now = clock.now();
      await refresh();
      await ensure(daysBetween(now, now + AHEAD_DAYS * DAY_MS));
      return { dropped: await dropOld() };
    },
    async start(): Promise<void> {
      const now = clock.now();
      await refresh();
      await ensure(daysBetween(now, now + AHEAD_DAYS * DAY_MS)).catch((error: unknown) => {
        log.warn({ error: messageOf(error) }, 'the days of the status log could not be made; trying again');
        throw error;
      });
    },
  };
}
