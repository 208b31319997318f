import type { Tx } from './tx.js';
import type { Uuid } from './ids.js';

/** What a message is published with besides body and headers. */
export interface MessageProperties {
  messageId?: string;
  correlationId?: string;
  replyTo?: string;
  type?: string;
  contentType?: string;
  /** There on a message of ours that could not be sent; absent on one that came in by a queue. */
  exchange?: string;
  /** The body is sealed; it may be published again, and is not shown. */
  sealed?: true;
}

export interface NewDeadLetter {
  id: Uuid;
  /** `message`: arrived in `queue` and is no valid work. `task`: failed for good. */
  kind: 'message' | 'task';
  /** The queue it came from, or the task's type. */
  source: string;
  /** Short and stable: `invalid-json`, `attempts-exhausted`. */
  reason: string;
  /** For people: what was expected and what came. No secret. */
  detail: string;
  attempts: number;
  firstAt: number;
  lastAt: number;
  taskId?: Uuid;
  body?: Buffer;
  headers?: Readonly<Record<string, unknown>>;
  properties?: MessageProperties;
}

export interface DeadLetterBox {
  add(tx: Tx, letter: NewDeadLetter): void;
}
