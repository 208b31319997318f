import type { Language } from './language.js';

export interface TelegramSchema {
  telegram_chats: ChatsTable;
  telegram_messages: MessagesTable;
  /** Updates that were handled. */
  telegram_updates: { update_id: number; handled_at: number };
}

export interface ChatsTable {
  chat_id: string;
  language: Language;
  /** When somebody last wrote in it. */
  seen_at: number;
  /** Since when nothing is sent to it; null: it may be. */
  blocked_at: number | null;
}

/**
 * `waiting`: to be sent. `sent`. `failed`: refused for good, or out of time. `blocked`: its chat does not want any.
 */
export type MessageState = 'waiting' | 'sent' | 'failed' | 'blocked';

export interface MessagesTable {
  id: string;
  dedupe_key: string;
  chat_id: string;
  text: string;
  state: MessageState;
  attempts: number;
  created_at: number;
  /** Not tried again before; epoch ms. */
  not_before: number;
  ended_at: number | null;
  /** Why the last attempt failed. */
  error: string | null;
}
