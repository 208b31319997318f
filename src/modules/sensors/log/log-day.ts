import { toRfc3339 } from '../../../kernel/clock.js';

/** A day of the status log in UTC: `20261121`. */
export type LogDay = string & { readonly __brand: 'LogDay' };

export const DAY_MS = 86_400_000;

export function dayOf(epochMs: number): LogDay {
  return toRfc3339(epochMs).slice(0, 10).replaceAll('-', '') as LogDay;
}

export function startOfDay(epochMs: number): number {
  return Math.floor(epochMs / DAY_MS) * DAY_MS;
}

/** Epoch ms of its first moment. */
export function startOf(day: LogDay): number {
  return Date.UTC(Number(day.slice(0, 4)), Number(day.slice(4, 6)) - 1, Number(day.slice(6, 8)));
}

/** The days from that of one time to that of another, both included, oldest first. */
export function daysBetween(fromMs: number, toMs: number): LogDay[] {
  const days: LogDay[] = [];
  for (let at = startOfDay(fromMs); at <= toMs; at += DAY_MS) days.push(dayOf(at));
  return days;
}
