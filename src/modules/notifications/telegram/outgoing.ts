import type { Clock } from '../../../kernel/clock.js';
import { newUuid } from '../../../kernel/ids.js';
import type { Transactions, Tx } from '../../../kernel/tx.js';
import type { TelegramRepository } from './telegram.repository.js';

/** Nudged when there may be something to send. */
export const MESSAGES_CHANNEL = 'telegram-messages';

/** Messages that wait for one chat at most; what comes on top is dropped. */
const MOST_WAITING = 100;
/** The Bot API takes no more. */
const LONGEST_TEXT = 4_096;

export interface OutgoingMessage {
  /** As the Bot API names it, in digits; negative for groups. */
  chatId: string;
  /** Plain text; cut at 4,096 characters. */
  text: string;
  /** Equal keys are one message, for as long as messages are kept. */
  dedupeKey: string;
}

/**
 * Adds a message to a transaction: with its commit it is durable, and is sent at least once, in the order of its chat
 * and within the limits of the Bot API. It is dropped where its key is known, its chat blocked the bot, or 100 wait for
 * it; one that cannot be delivered within a day is given up.
 */
export type Send = (tx: Tx, message: OutgoingMessage) => void;

export interface SendDeps {
  db: Transactions;
  clock: Clock;
  repository: Pick<TelegramRepository, 'addMessage'>;
}

export function createSend({ db, clock, repository }: SendDeps): Send {
  return (tx, { chatId, text, dedupeKey }) => {
    const createdAt = clock.now();
    // No database takes the character NUL in a text.
    const cut = text.replaceAll('\0', '').slice(0, LONGEST_TEXT);
    repository.addMessage(
      tx,
      { id: newUuid(createdAt), dedupeKey, chatId, text: cut, createdAt },
      MOST_WAITING,
    );
    db.nudgeAfter(tx, MESSAGES_CHANNEL);
  };
}
