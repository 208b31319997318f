import type { Uuid } from '../../../kernel/ids.js';

export type AlertOp = 'above' | 'below' | 'change_pct';

/** What an alert waits for. */
export interface Condition {
  /** In canonical form: `BTC-USDT`. */
  pair: string;
  op: AlertOp;
  /** A price, or for `change_pct` percent in either direction; a canonical decimal above 0. */
  value: string;
  /** Over how many seconds a change is looked at; null for the others. */
  windowS: number | null;
}

/** Who is told, beside the event that is written in any case. */
export type Channel = { kind: 'telegram'; chatId: string } | { kind: 'webhook' } | { kind: 'live' };

/** `armed`: it waits for its condition. `fired`: that came true, and it waits for it to be clearly false again. */
export type AlertState = 'armed' | 'fired';

export interface Alert extends Condition {
  id: Uuid;
  channels: readonly Channel[];
  /** Names it within the chat that it belongs to, the one of its Telegram channel; null without one. */
  number: number | null;
  state: AlertState;
  /** Of the last time; epoch ms. */
  firedAt: number | null;
  /** The course that made it fire the last time. */
  firedValue: string | null;
  firedCount: number;
  createdAt: number;
  createdBy: string;
  /** Grows with each change. */
  version: number;
}

export function chatOf(channels: readonly Channel[]): string | null {
  return channels.find((channel) => channel.kind === 'telegram')?.chatId ?? null;
}
