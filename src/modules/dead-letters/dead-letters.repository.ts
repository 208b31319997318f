import type { Uuid } from '../../kernel/ids.js';
import { firstUuidAt } from '../../kernel/ids.js';
import type { Tx } from '../../kernel/tx.js';
import { createDeadLetterBox, LETTER_NOT_WAITING, trimDeadLetters } from '../../platform/broker/index.js';
import type { DeadLetterStore } from '../../platform/broker/index.js';
import type { Database } from '../../platform/db/database.js';
import type { DeadLettersSchema, HistoryAction } from './dead-letters.schema.js';

export type {
  DeadLetter,
  DeadLetterFilter,
  DeadLetterPage,
  DeadLetterStatus,
  OpenedDeadLetter,
} from '../../platform/broker/index.js';

export interface HistoryEntry {
  /** Epoch ms. */
  at: number;
  action: HistoryAction;
  by: string;
  reason: string | null;
  detail: string | null;
}

export interface DeadLettersRepository extends DeadLetterStore {
  addHistory(tx: Tx, id: Uuid, entry: HistoryEntry): void;
  /** Oldest first, at most 100. */
  history(id: Uuid): Promise<HistoryEntry[]>;
  /** Removes at most `limit` letters put away before `olderThan` (epoch ms), with their history; returns how many. */
  trim(olderThan: number, limit: number): Promise<number>;
}

/** Why `act` was refused: somebody acted on the letter before. */
export const NOT_WAITING = LETTER_NOT_WAITING;

const MOST_HISTORY = 100;

/** The broker port's store of letters, and the history of each. */
export function createDeadLettersRepository(db: Database): DeadLettersRepository {
  const schema = db.schema<DeadLettersSchema>();
  return {
    ...createDeadLetterBox(db),
    addHistory(tx, id, { at, action, by, reason, detail }) {
      const row = { letter_id: id, at, action, actor: by, reason, detail };
      db.add(tx, schema.insertInto('dead_letter_history').values(row));
    },
    async history(id) {
      return schema
        .selectFrom('dead_letter_history')
        .select(['at', 'action', 'actor as by', 'reason', 'detail'])
        .where('letter_id', '=', id)
        .orderBy('id')
        .limit(MOST_HISTORY)
        .execute();
    },
    async trim(olderThan, limit) {
      const old = schema
        .selectFrom('dead_letter_history')
        .select('id')
        .where('letter_id', '<', firstUuidAt(olderThan))
        .orderBy('letter_id')
        .limit(limit);
      const tx = db.begin();
      const removal = db.add(tx, schema.deleteFrom('dead_letter_history').where('id', 'in', old));
      const entries = (await db.commit(tx)).changes(removal);
      return Math.max(entries, await trimDeadLetters(db, olderThan, limit));
    },
  };
}
