import type { Tx } from './tx.js';

/** What a header may hold, at any depth. */
export type HeaderValue =
  string | number | boolean | null | readonly HeaderValue[] | { readonly [key: string]: HeaderValue };

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
  headers?: Readonly<Record<string, HeaderValue>>;
  /** Epoch ms. */
  timestampMs: number;
  /** The body is sealed (`sealBody`) wherever it is stored, and opened where it leaves the process. */
  sealed?: true;
}

/** Messages to be sent, written in the transaction that makes them true. A relay publishes them in order. */
export interface Outbox {
  /** Adds a message to `tx`; it leaves after the commit, at least once, always under the same message id. */
  add(tx: Tx, message: OutgoingMessage): void;
}
