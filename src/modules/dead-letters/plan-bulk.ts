import type { Clock } from '../../kernel/clock.js';
import { AppError } from '../../kernel/errors.js';
import { newUuid } from '../../kernel/ids.js';
import type { Transactions } from '../../kernel/tx.js';
import type { Actor } from './act-on-letter.js';
import type { BulkFilter, BulksRepository } from './bulks.repository.js';
import type { DeadLetter, DeadLettersRepository } from './dead-letters.repository.js';

/** Nudged when there is a bulk to be worked on. */
export const BULKS_CHANNEL = 'dead-letter-bulks';

/** Bulks under way at once; each has a rate of its own. */
export const MOST_BULKS = 20;
const SAMPLE = 10;

export interface BulkRequest {
  action: 'replay' | 'discard';
  filter: BulkFilter;
  /** Only for `discard`. */
  reason: string | null;
  /** Letters at most; the oldest ones. */
  limit: number;
  ratePerS: number;
}

export interface BulkPreview {
  /** Waiting letters that the filter finds and that no other bulk has. */
  matched: number;
  /** The first of them, oldest first, at most 10. */
  sample: DeadLetter[];
}

export interface BulkAccepted {
  matched: number;
  /** Letters that will be acted on; `limit` bounds them. */
  accepted: number;
}

export interface PlanBulkDeps {
  db: Transactions;
  clock: Clock;
  repository: Pick<DeadLettersRepository, 'get'>;
  bulks: BulksRepository;
}

export async function previewBulk(deps: PlanBulkDeps, filter: BulkFilter): Promise<BulkPreview> {
  const { bulks, repository } = deps;
  const [matched, ids] = await Promise.all([bulks.count(filter), bulks.first(filter, SAMPLE)]);
  const letters = await Promise.all(ids.map((id) => repository.get(id, 0)));
  return { matched, sample: letters.filter((letter) => letter !== undefined) };
}

/**
 * Fixes which letters a bulk acts on; durable when it resolves, and then done in the background, over restarts too.
 * A letter belongs to one bulk at most. Rejects with `dead-letters.too-many-bulks`.
 */
export async function planBulk(
  deps: PlanBulkDeps,
  request: BulkRequest,
  actor: Actor,
): Promise<BulkAccepted> {
  const { db, clock, bulks } = deps;
  const { action, reason, filter, limit, ratePerS } = request;
  const matched = await bulks.count(filter);
  if (matched === 0) return { matched, accepted: 0 };
  if ((await bulks.open(MOST_BULKS)).length === MOST_BULKS) throw tooMany();
  const now = clock.now();
  const bulk = {
    id: newUuid(now),
    action,
    reason,
    by: actor.name,
    ratePerS,
    createdAt: now,
    trace: actor.trace,
  };
  const tx = db.begin();
  const planned = bulks.add(tx, bulk, filter, limit);
  db.nudgeAfter(tx, BULKS_CHANNEL);
  return { matched, accepted: (await db.commit(tx)).changes(planned) };
}

/** Ends every bulk; what is in hand at the moment is still done. Resolves to how many letters were left. */
export async function stopBulks({ db, bulks }: Pick<PlanBulkDeps, 'db' | 'bulks'>): Promise<number> {
  const tx = db.begin();
  const left = bulks.clear(tx);
  return (await db.commit(tx)).changes(left);
}

function tooMany(): AppError {
  return new AppError(`${MOST_BULKS} bulks are under way already`, {
    code: 'dead-letters.too-many-bulks',
    kind: 'too-many',
    retryAfterS: 10,
  });
}
