import { invalidInput } from '../../../kernel/errors.js';
import type { FieldError } from '../../../kernel/errors.js';
import { canonicalDecimal } from '../decimal.js';
import { parsePair } from '../pair.js';
import type { AlertOp, Channel, Condition } from './alert.js';

/** A condition as somebody asks for it. */
export interface WantedCondition {
  pair: string;
  op: AlertOp;
  /** A decimal number. */
  value: string;
  windowS?: number | undefined;
}

/** As REST gives them. */
export type WantedChannel = 'webhook' | 'live' | { kind: string; chat_id?: number | string | undefined };

export const SHORTEST_WINDOW_S = 60;
export const LONGEST_WINDOW_S = 604_800;
const MOST_PERCENT = 1_000_000;
const CHAT_ID = /^-?[1-9]\d{0,15}$/;

/** Throws a 422 with everything that is wrong. */
export function readCondition({ pair, op, value, windowS }: WantedCondition): Condition {
  const errors: FieldError[] = [];
  const canonicalPair = parsePair(pair);
  const canonicalValue = canonicalDecimal(value);
  if (canonicalPair === undefined) {
    errors.push({ pointer: '/pair', detail: 'must be a pair of currencies such as BTC-USDT' });
  }
  if (canonicalValue === undefined || canonicalValue === '0') {
    errors.push({
      pointer: '/value',
      detail: 'must be a decimal number above 0, without an exponent beyond 10^20',
    });
  } else if (op === 'change_pct' && Number(canonicalValue) > MOST_PERCENT) {
    errors.push({ pointer: '/value', detail: `must be at most ${MOST_PERCENT} percent` });
  }
  errors.push(...windowFaults(op, windowS));
  if (errors.length > 0) throw invalidInput(errors);
  return { pair: canonicalPair!, op, value: canonicalValue!, windowS: windowS ?? null };
}

function windowFaults(op: AlertOp, windowS: number | undefined): FieldError[] {
  const pointer = '/window_s';
  if (op !== 'change_pct') {
    return windowS === undefined ? [] : [{ pointer, detail: 'belongs to change_pct alone' }];
  }
  const fits =
    windowS !== undefined &&
    Number.isInteger(windowS) &&
    windowS >= SHORTEST_WINDOW_S &&
    windowS <= LONGEST_WINDOW_S;
  if (fits) return [];
  const got = windowS === undefined ? 'nothing' : windowS;
  const detail = `must be a whole number from ${SHORTEST_WINDOW_S} to ${LONGEST_WINDOW_S} for change_pct, got ${got}`;
  return [{ pointer, detail }];
}

/** Each kind once, in the order given. Throws a 422 with everything that is wrong. */
export function readChannels(wanted: readonly WantedChannel[], hasTelegram: boolean): Channel[] {
  const errors: FieldError[] = [];
  const channels: Channel[] = [];
  wanted.forEach((one, index) => {
    const read = readChannel(one, hasTelegram);
    const pointer = `/channels/${index}`;
    if ('detail' in read) errors.push({ pointer: pointer + (read.at ?? ''), detail: read.detail });
    else if (channels.some(({ kind }) => kind === read.kind)) {
      errors.push({ pointer, detail: `names ${read.kind} a second time` });
    } else channels.push(read);
  });
  if (errors.length > 0) throw invalidInput(errors);
  return channels;
}

function readChannel(wanted: WantedChannel, hasTelegram: boolean): Channel | { detail: string; at?: string } {
  const { kind, chat_id: chatId } =
    typeof wanted === 'string' ? { kind: wanted, chat_id: undefined } : wanted;
  if (kind !== 'telegram') {
    if (chatId !== undefined) return { at: '/chat_id', detail: 'belongs to telegram alone' };
    return { kind: kind as 'webhook' | 'live' };
  }
  if (!hasTelegram) return { detail: 'needs a bot, and TELEGRAM_BOT_TOKEN is not set' };
  const id = String(chatId ?? '');
  if (CHAT_ID.test(id) && Number.isSafeInteger(Number(id))) return { kind, chatId: id };
  return { at: '/chat_id', detail: 'must be the whole number by which Telegram knows the chat' };
}
