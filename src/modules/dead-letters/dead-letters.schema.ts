import type { Generated } from 'kysely';
import type { Uuid } from '../../kernel/ids.js';
import type { BrokerTables } from '../../platform/broker/index.js';

/** Beside the letters themselves, which the broker port keeps. */
export interface DeadLettersSchema extends Pick<BrokerTables, 'dead_letters'> {
  dead_letter_history: HistoryTable;
  dead_letter_bulks: BulksTable;
  /** What a bulk has yet to do. */
  dead_letter_plans: { letter_id: string; bulk_id: string };
}

interface HistoryTable {
  id: Generated<number>;
  letter_id: Uuid;
  at: number;
  action: HistoryAction;
  actor: string;
  reason: string | null;
  detail: string | null;
}

/** `refused`: a bulk tried, and the letter stayed as it was. */
export type HistoryAction = 'added' | 'replayed' | 'discarded' | 'refused';

export interface BulksTable {
  id: Uuid;
  action: 'replay' | 'discard';
  reason: string | null;
  actor: string;
  rate_per_s: number;
  created_at: number;
  request_id: string;
  traceparent: string;
}
