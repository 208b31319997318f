import type { Tx } from '../../kernel/tx.js';
import type { OutgoingMessage } from './broker.js';

/** Messages to be sent, written in the transaction that makes them true. A relay publishes them in order. */
export interface Outbox {
  /** Adds a message to `tx`; it leaves after the commit, at least once, always under the same message id. */
  add(tx: Tx, message: OutgoingMessage): void;
}
