import { Cron } from 'croner';

/** Whether it is an expression of six fields, seconds first, that has a next time: a second field of five may be left out. */
export function isCron(text: string): boolean {
  try {
    return nextTime(text, 0) !== undefined;
  } catch {
    return false;
  }
}

/** The first time after `afterMs` (epoch ms, UTC) at which it is due; undefined where there is none. */
export function nextTime(expression: string, afterMs: number): number | undefined {
  const cron = new Cron(expression, { timezone: 'UTC', paused: true, mode: '5-or-6-parts' });
  return cron.nextRun(new Date(afterMs))?.getTime();
}
