/** A condition as it was written in a chat; the pair is not looked up yet. */
export interface WrittenCondition {
  pair: string;
  op: 'above' | 'below' | 'change_pct';
  /** A decimal number: `70000.5`. */
  value: string;
  /** There for `change_pct`. */
  windowS?: number;
}

export type Command =
  | { kind: 'start' }
  | { kind: 'help' }
  | { kind: 'pairs' }
  | { kind: 'alerts' }
  | { kind: 'rate'; pair: string }
  | { kind: 'alert'; condition: WrittenCondition }
  | { kind: 'cancel'; number: number }
  /** A known command that cannot be understood; what is written after it is missing or wrong. */
  | { kind: 'unclear'; command: 'rate' | 'alert' | 'cancel'; problem: Problem }
  | { kind: 'unknown'; word: string }
  /** No command at all. */
  | { kind: 'talk' };

export type Problem = 'missing' | 'form' | 'comma' | 'number' | 'window';

const COMMAND = /^\/([a-z_]+)(?:@(\w+))?(?:\s+([^]*))?$/i;
const LEVEL = /^(\S+?)\s*(>=?|<=?|above|below|выше|ниже)\s*(\S.*)$/i;
const CHANGE = /^(\S+)\s+([\d.,\s]+)%(?:\s*(?:in|за)?\s*(\d{1,6})\s*([a-zа-я]+))?$/i;
const ABOVE = new Set(['>', '>=', 'above', 'выше']);
const UNIT_S: Readonly<Record<string, number>> = {
  ...{ s: 1, sec: 1, с: 1, сек: 1 },
  ...{ m: 60, min: 60, м: 60, мин: 60 },
  ...{ h: 3_600, hour: 3_600, ч: 3_600, час: 3_600 },
  ...{ d: 86_400, day: 86_400, д: 86_400 },
};
const DEFAULT_WINDOW_S = 3_600;
const LONGEST_WORD = 32;
const LONGEST_CONDITION = 200;

/** What a chat's text asks for; undefined where it is meant for another bot. `username`: the bot's own, once known. */
export function parseCommand(text: string, username: string | undefined): Command | undefined {
  const trimmed = text.trim();
  const match = COMMAND.exec(trimmed);
  if (!match) return trimmed.startsWith('/') ? unknown(trimmed) : { kind: 'talk' };
  const [, word = '', addressee, rest = ''] = match;
  if (addressee && username && addressee.toLowerCase() !== username.toLowerCase()) return undefined;
  const read = READERS[word.toLowerCase()];
  return read ? read(rest.trim()) : unknown(`/${word}`);
}

const READERS: Readonly<Record<string, (rest: string) => Command>> = {
  start: () => ({ kind: 'start' }),
  help: () => ({ kind: 'help' }),
  pairs: () => ({ kind: 'pairs' }),
  alerts: () => ({ kind: 'alerts' }),
  rate: (rest) => (rest === '' ? unclear('rate', 'missing') : { kind: 'rate', pair: rest }),
  alert: readAlert,
  cancel: readCancel,
};

function unknown(text: string): Command {
  return { kind: 'unknown', word: text.split(/\s/, 1)[0]!.slice(0, LONGEST_WORD) };
}

function unclear(command: 'rate' | 'alert' | 'cancel', problem: Problem): Command {
  return { kind: 'unclear', command, problem };
}

function readAlert(rest: string): Command {
  if (rest === '') return unclear('alert', 'missing');
  if (rest.length > LONGEST_CONDITION) return unclear('alert', 'form');
  const change = CHANGE.exec(rest);
  if (change) return readChange(change);
  const [, pair, sign, written] = LEVEL.exec(rest) ?? [];
  if (pair === undefined || sign === undefined || written === undefined) return unclear('alert', 'form');
  const value = readNumber(written);
  if ('problem' in value) return unclear('alert', value.problem);
  const op = ABOVE.has(sign.toLowerCase()) ? 'above' : 'below';
  return { kind: 'alert', condition: { pair, op, value: value.text } };
}

function readChange([, pair = '', written = '', count, unit = '']: RegExpExecArray): Command {
  const value = readNumber(written);
  if ('problem' in value) return unclear('alert', value.problem);
  const seconds = UNIT_S[unit.toLowerCase()];
  if (count !== undefined && seconds === undefined) return unclear('alert', 'window');
  const windowS = count === undefined ? DEFAULT_WINDOW_S : Number(count) * seconds!;
  return { kind: 'alert', condition: { pair, op: 'change_pct', value: value.text, windowS } };
}

/** A comma before three digits is a thousand to some and a decimal point to others: whoever wrote it is asked. */
function readNumber(written: string): { text: string } | { problem: Problem } {
  const joined = written.trim().replace(/(?<=\d)[\s_]+(?=\d{3}(?!\d))/g, '');
  if (/^\d{1,3}(,\d{3})+$/.test(joined)) return { problem: 'comma' };
  const text = joined.replace(',', '.');
  return /^\d{1,20}(\.\d{1,20})?$/.test(text) ? { text } : { problem: 'number' };
}

function readCancel(rest: string): Command {
  if (rest === '') return unclear('cancel', 'missing');
  const [, digits] = /^#?(\d{1,6})$/.exec(rest) ?? [];
  return digits === undefined ? unclear('cancel', 'number') : { kind: 'cancel', number: Number(digits) };
}
