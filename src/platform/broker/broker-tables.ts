import type { Generated } from 'kysely';

/** Rows of this part's tables; each is owned by the file named beside it. */
export interface BrokerTables {
  /** `inbox.ts` */
  broker_inbox: InboxRow;
  /** `recent-deliveries.ts` */
  broker_recent: RecentRow;
  /** `outbox.ts` and its relay */
  broker_outbox: OutboxRow;
  /** `embedded-queue.ts` */
  broker_messages: MessageRow;
  /** `dead-letter-box.ts` */
  dead_letters: DeadLetterRow;
}

interface InboxRow {
  queue: string;
  key: string;
  taken_at: number;
}

interface RecentRow {
  queue: string;
  owner: string;
  slot: number;
  /** Fingerprints of equal length, one after the other. */
  keys: string;
  taken_at: number;
}

interface OutboxRow {
  id: Generated<number>;
  /** JSON text of everything but the body. */
  envelope: string;
  body: Buffer;
  /** Bytes of the body, so that a batch can be bounded without reading it. */
  size: number;
  added_at: number;
}

/** One that has no number yet. */
export type NewOutboxRow = Omit<OutboxRow, 'id'>;

interface MessageRow {
  id: Generated<number>;
  queue: string;
  envelope: string;
  body: Buffer;
  size: number;
}

export interface DeadLetterRow {
  id: string;
  kind: 'message' | 'task';
  source: string;
  reason: string;
  detail: string;
  attempts: number;
  first_at: number;
  last_at: number;
  task_id: string | null;
  body: Buffer | null;
  headers: string | null;
  status: 'waiting' | 'replayed' | 'discarded';
  acted_at: number | null;
  acted_by: string | null;
  action_reason: string | null;
  replayed_as: string | null;
  /** JSON text. */
  properties: string | null;
}
