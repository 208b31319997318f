import type { NewEvent, StoredEvent } from '../../kernel/event.js';
import type { Tx } from '../../kernel/tx.js';

/** Every state change of every module, numbered in the order of commits. */
export interface EventLog {
  append(tx: Tx, event: NewEvent): void;
  /** At most `limit` (≤ 1,000) events after `position`, oldest first. */
  read(after: number, limit: number): Promise<StoredEvent[]>;
  /** The position of the newest event, 0 when there is none. */
  last(): Promise<number>;
  /** Calls `listener` soon after events were committed here or by another replica. */
  onAppended(listener: () => void): () => void;
  /** Removes at most `limit` events older than `beforeMs`; returns how many. */
  trim(beforeMs: number, limit: number): Promise<number>;
  start(): Promise<void>;
  stop(): Promise<void>;
}
