import type { Tx } from './tx.js';

export interface OutgoingMessage {
  /** '' is the default exchange. */
  exchange: string;
  routingKey: string;
  body: Buffer;
  messageId: string;
  /** Default `application/json`; '' for none. */
  contentType?: string;
  /** Own messages carry `name.version`: `report.ready.v1`. */
  type?: string;
  correlationId?: string;
  replyTo?: string;
  headers?: Readonly<Record<string, string | number>>;
  /** Epoch ms. */
  timestampMs: number;
}

/** Messages to be sent, written in the transaction that makes them true. A relay publishes them in order. */
export interface Outbox {
  /** Adds a message to `tx`; it leaves after the commit, at least once, always under the same message id. */
  add(tx: Tx, message: OutgoingMessage): void;
}
