import type { Language } from './language.js';
import { WORDS } from './words.js';
import type { Words } from './words.js';

/** A course as it is told in a chat. */
export interface ToldCourse {
  exchanger: string;
  /** `BTC-USDT`. */
  direction: string;
  valueText: string;
  /** Its source's time, epoch ms. */
  at: number;
  stale: boolean;
  /** Where a price in this currency stands in for the pair's own. */
  quotedIn?: string | undefined;
}

/** A condition that a chat waits for. */
export interface ToldCondition {
  pair: string;
  op: 'above' | 'below' | 'change_pct';
  /** A decimal number. */
  value: string;
  windowS?: number | undefined;
}

/** A condition that came true. */
export interface FiredAlert extends ToldCondition {
  number: number | undefined;
  /** What it was when the condition came true. */
  courseText: string;
  /** Signed; there for `change_pct`. */
  changePct?: string | undefined;
}

/** The Bot API takes 4,096 characters. */
const LONGEST_LIST = 3_800;

const STEPS = [
  { unit: 'd', s: 86_400 },
  { unit: 'h', s: 3_600 },
  { unit: 'min', s: 60 },
] as const;

/** The largest unit that divides the time, for spans that were chosen; else that has one whole of it, rounded down. */
function amountOf(seconds: number, exact: boolean): { count: number; unit: 's' | 'min' | 'h' | 'd' } {
  const step = STEPS.find(({ s }) => (exact ? seconds >= s && seconds % s === 0 : seconds >= s));
  return step ? { count: Math.floor(seconds / step.s), unit: step.unit } : { count: seconds, unit: 's' };
}

export function sayCourse(course: ToldCourse, language: Language, now: number): string {
  const words = WORDS[language];
  const { count, unit } = amountOf(Math.max(0, Math.floor((now - course.at) / 1000)), false);
  const age = words.ago(count, unit);
  const quoted = course.quotedIn === undefined ? '' : ` (${words.quotedIn(course.quotedIn)})`;
  const head = `${course.direction} ${course.valueText}${quoted}`;
  return `${head}\n${words.source(course.exchanger, age)}${course.stale ? `\n${words.stale(age)}` : ''}`;
}

export function sayCondition({ pair, op, value, windowS }: ToldCondition, words: Words): string {
  if (op === 'above') return `${pair} ${words.above(value)}`;
  if (op === 'below') return `${pair} ${words.below(value)}`;
  const { count, unit } = amountOf(windowS ?? 0, true);
  return `${pair} ${words.change(value, words.span(count, unit))}`;
}

export function sayFired(alert: FiredAlert, language: Language): string {
  const words = WORDS[language];
  const number = alert.number === undefined ? '' : ` ${alert.number}`;
  const moved = alert.changePct === undefined ? '' : ` ${words.moved(alert.changePct)}`;
  return `${words.fired}${number}: ${sayCondition(alert, words)}\n${words.now(alert.courseText)}${moved}`;
}

/** Lines below a head, as many as one message holds. */
export function sayList(head: string, lines: readonly string[], words: Words): string {
  const shown: string[] = [head];
  let length = head.length;
  for (const line of lines) {
    length += line.length + 1;
    if (length > LONGEST_LIST) break;
    shown.push(line);
  }
  const left = lines.length + 1 - shown.length;
  return [...shown, ...(left > 0 ? [words.more(left)] : [])].join('\n');
}
