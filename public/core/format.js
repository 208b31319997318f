import { locale, t } from '../i18n/index.js';

const number = new Intl.NumberFormat(locale, { maximumFractionDigits: 2 });
const timeOfDay = new Intl.DateTimeFormat(locale, { timeStyle: 'medium' });
const minuteOfDay = new Intl.DateTimeFormat(locale, { timeStyle: 'short' });
const dayAndTime = new Intl.DateTimeFormat(locale, {
  day: 'numeric',
  month: 'short',
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
});
const moment = new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeStyle: 'medium' });

export const formatNumber = (value) => number.format(value);
export const formatMinute = (epochMs) => minuteOfDay.format(epochMs);

/** As long as needed: the time alone for today, the day too for this year. */
export function formatTime(rfc3339, now = new Date()) {
  const time = new Date(rfc3339);
  if (Number.isNaN(time.getTime())) return String(rfc3339);
  if (time.toDateString() === now.toDateString()) return timeOfDay.format(time);
  return time.getFullYear() === now.getFullYear() ? dayAndTime.format(time) : moment.format(time);
}

/** `340 ms`, `2.5 s`, `3 min 20 s`, `2 h 5 min`. */
export function formatDuration(ms) {
  if (ms < 1_000)
    return t('unit.ms', { n: number.format(ms < 10 ? Math.round(ms * 10) / 10 : Math.round(ms)) });
  const s = ms / 1_000;
  if (s < 60) return t('unit.s', { n: number.format(Math.round(s * 10) / 10) });
  const whole = Math.round(s);
  if (whole < 3_600) return joined(t('unit.min', { n: Math.floor(whole / 60) }), 'unit.s', whole % 60);
  const hours = Math.floor(whole / 3_600);
  if (hours < 48) return joined(t('unit.h', { n: hours }), 'unit.min', Math.floor((whole % 3_600) / 60));
  return joined(t('unit.d', { n: Math.floor(hours / 24) }), 'unit.h', hours % 24);
}

function joined(first, unit, n) {
  return n === 0 ? first : `${first} ${t(unit, { n })}`;
}

export function formatBytes(bytes) {
  const mb = bytes / 1e6;
  return t('unit.mb', { n: number.format(mb < 10 ? Math.round(mb * 10) / 10 : Math.round(mb)) });
}

/** How long a task took, or has taken so far; null where it cannot be told. */
export function tookMs(from, to) {
  const ms = Date.parse(to) - Date.parse(from);
  return Number.isFinite(ms) ? Math.max(0, ms) : null;
}

/** The kind of work in words; one without words is shown by its name. */
export function typeName(type) {
  return t.optional(`type.${type}`) ?? type;
}
