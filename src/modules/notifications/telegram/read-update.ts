import { languageOf } from './language.js';
import type { Language } from './language.js';

/** What an update of the Bot API says, as far as it matters here. */
export type Update =
  | { kind: 'message'; id: number; chatId: string; isPrivate: boolean; language: Language; text: string }
  /** The bot was thrown out of a chat, or blocked by a person. */
  | { kind: 'expelled'; id: number; chatId: string }
  /** Nothing that is asked of the bot. */
  | { kind: 'other'; id: number };

const LONGEST_TEXT = 4_096;
const OUTSIDE = new Set(['kicked', 'left']);

/** Undefined where it is no update at all. Never throws, whatever came. */
export function readUpdate(raw: unknown): Update | undefined {
  const id = at(raw, 'update_id');
  if (typeof id !== 'number' || !Number.isSafeInteger(id)) return undefined;
  return (
    readMessage(id, at(raw, 'message')) ??
    readMembership(id, at(raw, 'my_chat_member')) ?? { kind: 'other', id }
  );
}

function readMessage(id: number, message: unknown): Update | undefined {
  const chatId = chatIdOf(message);
  const from = at(message, 'from');
  if (chatId === undefined || at(from, 'is_bot') === true) return undefined;
  const text = at(message, 'text');
  return {
    kind: 'message',
    id,
    chatId,
    isPrivate: at(at(message, 'chat'), 'type') === 'private',
    language: languageOf(at(from, 'language_code')),
    text: typeof text === 'string' ? text.slice(0, LONGEST_TEXT) : '',
  };
}

function readMembership(id: number, change: unknown): Update | undefined {
  const chatId = chatIdOf(change);
  const status = at(at(change, 'new_chat_member'), 'status');
  if (chatId === undefined || typeof status !== 'string' || !OUTSIDE.has(status)) return undefined;
  return { kind: 'expelled', id, chatId };
}

function chatIdOf(holder: unknown): string | undefined {
  const id = at(at(holder, 'chat'), 'id');
  return typeof id === 'number' && Number.isSafeInteger(id) ? String(id) : undefined;
}

function at(holder: unknown, key: string): unknown {
  return typeof holder === 'object' && holder !== null ? (holder as Record<string, unknown>)[key] : undefined;
}
