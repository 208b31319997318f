import { toRfc3339 } from '../../../kernel/clock.js';
import type { Alert, AlertOp, AlertState, Channel } from './alert.js';
import { chatOf } from './alert.js';

/** Who is told. */
export interface AlertChannelOut {
  kind: 'telegram' | 'webhook' | 'live';
  /** There for `telegram`. */
  chat_id?: string;
}

/** An alert as REST and events show it. */
export interface AlertOut {
  id: string;
  pair: string;
  op: AlertOp;
  /** Exact decimal: a price, or percent for `change_pct`. */
  value: string;
  /** Seconds over which a change is looked at; null for the others. */
  window_s: number | null;
  channels: AlertChannelOut[];
  /** Names it within its chat, as `/cancel` takes it; null where it belongs to none. */
  number: number | null;
  /** `armed`: waits for its condition. `fired`: has told, and waits for the condition to be clearly false again. */
  state: AlertState;
  fired_at: string | null;
  /** The course that made it fire the last time. */
  fired_value: string | null;
  fired_count: number;
  created_at: string;
  /** The token that set it, or `telegram` where its chat did. */
  created_by: string;
}

/** What is told when an alert fires. */
export interface AlertFiredOut extends AlertOut {
  at: string;
  course_value: string;
  exchanger: string;
  /** Percent with its sign; null but for `change_pct`. */
  change_pct: string | null;
}

export function viewOf(alert: Alert): AlertOut {
  return {
    id: alert.id,
    pair: alert.pair,
    op: alert.op,
    value: alert.value,
    window_s: alert.windowS,
    channels: alert.channels.map(channelOut),
    number: alert.number,
    state: alert.state,
    fired_at: alert.firedAt === null ? null : toRfc3339(alert.firedAt),
    fired_value: alert.firedValue,
    fired_count: alert.firedCount,
    created_at: toRfc3339(alert.createdAt),
    created_by: alert.createdBy,
  };
}

function channelOut(channel: Channel): AlertChannelOut {
  const chatId = chatOf([channel]);
  return { kind: channel.kind, ...(chatId === null ? {} : { chat_id: chatId }) };
}

export function subjectOf(id: string): string {
  return `rate-alerts/${id}`;
}
