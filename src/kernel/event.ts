import type { Tx } from './tx.js';

/** What a module writes when something happened. `data` is the object that REST shows. */
export interface NewEvent {
  /** `task.completed`: the noun, then what happened, in the past tense. */
  type: string;
  /** `tasks/<id>`; events of one subject keep their order. */
  subject: string;
  /** Epoch ms. */
  time: number;
  /** JSON text of the object, serialised once by whoever writes the event. */
  data: string;
}

/** An event as stored: numbered in the order of commits. */
export interface StoredEvent extends NewEvent {
  position: number;
}

/** CloudEvents 1.0 in JSON, the form in which events leave the process. */
export interface CloudEvent {
  specversion: '1.0';
  id: string;
  source: string;
  type: string;
  time: string;
  subject: string;
  datacontenttype: 'application/json';
  data: unknown;
}

/** Every state change of every module, numbered in the order of commits. */
export interface EventLog {
  append(tx: Tx, event: NewEvent): void;
  /** At most `limit` (≤ 1,000) events after `position`, oldest first. */
  read(after: number, limit: number): Promise<StoredEvent[]>;
  /** The position of the newest event, 0 when there is none. */
  last(): Promise<number>;
  /**
   * A position that no event has passed which was committed before the call: where events are numbered after
   * their commit, waits for the numbers. Rejects with `unavailable` where they do not come within 2 s.
   */
  settled(): Promise<number>;
  /** Calls `listener` soon after events were committed here or by another replica. */
  onAppended(listener: () => void): () => void;
  /** Removes at most `limit` events older than `beforeMs`; returns how many. */
  trim(beforeMs: number, limit: number): Promise<number>;
  start(): Promise<void>;
  stop(): Promise<void>;
}
