import type { NewEvent } from '../../../kernel/event.js';
import type { Tx } from '../../../kernel/tx.js';

const MOST_MEMBERS = 12;
const MOST_VALUE = 120;

/** Adds a message to a transaction; it is sent durably, at least once. */
export type SendTelegram = (tx: Tx, message: { chatId: string; text: string; dedupeKey: string }) => void;

/** An event for people: its type and subject, and the plain members of its data. */
export function telegramText({ type, subject, data }: NewEvent): string {
  const members = Object.entries(objectOf(data))
    .filter(([, value]) => value !== null && typeof value !== 'object')
    .slice(0, MOST_MEMBERS)
    .map(([name, value]) => `${name}: ${String(value).slice(0, MOST_VALUE)}`);
  return [`${type} · ${subject}`, ...members].join('\n');
}

function objectOf(data: string): object {
  try {
    const value = JSON.parse(data) as unknown;
    return typeof value === 'object' && value !== null ? value : {};
  } catch {
    return {};
  }
}
