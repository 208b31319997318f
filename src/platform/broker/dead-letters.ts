import type { DeadLetterBox, MessageProperties, NewDeadLetter } from '../../kernel/dead-letter.js';
import type { Uuid } from '../../kernel/ids.js';
import type { Tx } from '../../kernel/tx.js';

export type { DeadLetterBox, MessageProperties, NewDeadLetter };

/** The `TxConflict` reason of an act on a letter that was acted on before. */
export const LETTER_NOT_WAITING = 'dead-letters.not-waiting';

export type DeadLetterStatus = 'waiting' | 'replayed' | 'discarded';

/** A dead letter as it is listed; `get` adds what it holds. */
export interface DeadLetter extends Omit<NewDeadLetter, 'headers' | 'properties' | 'body'> {
  status: DeadLetterStatus;
  actedAt: number | null;
  actedBy: string | null;
  /** Why it was discarded. */
  actionReason: string | null;
  /** The message or task that it became. */
  replayedAs: string | null;
}

export interface OpenedDeadLetter extends DeadLetter {
  /** JSON text; null for a task. */
  headers: string | null;
  properties: MessageProperties;
  body: Buffer | null;
  /** Of the whole body, of which a part may have been asked for. */
  bodyBytes: number;
}

export interface DeadLetterFilter {
  kind?: 'message' | 'task';
  source?: string;
  reason?: string;
  status?: DeadLetterStatus;
  /** Put away at this time or later, epoch ms. */
  fromMs?: number;
  /** Put away before this time, epoch ms. */
  toMs?: number;
}

export interface DeadLetterPage extends DeadLetterFilter {
  /** 1 to 1,001. */
  limit: number;
  /** Only letters older than this one: the last id of the page before. */
  before?: Uuid;
}

/** What was done with a letter. */
export interface DeadLetterAct {
  status: 'replayed' | 'discarded';
  at: number;
  by: string;
  reason: string | null;
  replayedAs: string | null;
}

/** The dead letters of the whole process, and what became of them. */
export interface DeadLetterStore extends DeadLetterBox {
  /** Newest first. */
  list(page: DeadLetterPage): Promise<DeadLetter[]>;
  /** With the first `mostBytes` of its body; default all. */
  get(id: Uuid, mostBytes?: number): Promise<OpenedDeadLetter | undefined>;
  /** Marks a waiting letter in `tx`; the transaction fails as `dead-letters.not-waiting` for any other. */
  act(tx: Tx, id: Uuid, act: DeadLetterAct): void;
  /** Waiting letters by reason, the `most` frequent reasons. */
  countWaiting(most: number): Promise<{ reason: string; count: number }[]>;
}
