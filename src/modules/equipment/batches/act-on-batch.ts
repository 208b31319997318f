import type { Clock } from '../../../kernel/clock.js';
import { AppError } from '../../../kernel/errors.js';
import type { EventLog } from '../../../kernel/event.js';
import { isUuid, isUuidV7, timeOfUuid } from '../../../kernel/ids.js';
import { TxConflict } from '../../../kernel/tx.js';
import type { Transactions, Tx } from '../../../kernel/tx.js';
import type { Batch } from './batch.js';
import { acted } from './batch-course.js';
import type { BatchAct } from './batch-course.js';
import { addBatchEvent } from './batch-events.js';
import type { BatchEventType } from './batch-events.js';
import type { BatchesRepository } from './batches.repository.js';
import { BATCHES_CHANNEL } from './create-batch.js';
import type { ItemsRepository } from './items.repository.js';

export interface ActOnBatchDeps {
  db: Transactions;
  clock: Clock;
  events: EventLog;
  batches: BatchesRepository;
  items: ItemsRepository;
  /** How long ended batches are kept. */
  keepMs: number;
}

/** Cancelling is told of when it is done. */
const EVENTS: Readonly<Record<Exclude<BatchAct, 'cancel'>, BatchEventType>> = {
  pause: 'equipment.batch-paused',
  resume: 'equipment.batch-resumed',
  retry: 'equipment.batch-retried',
};

/** Rejects with `equipment.batch-not-found`, also for a malformed id, or `equipment.batch-removed`. */
export async function requireBatch(
  { batches, clock, keepMs }: Pick<ActOnBatchDeps, 'batches' | 'clock' | 'keepMs'>,
  id: string,
): Promise<Batch> {
  const batch = isUuid(id) ? await batches.get(id) : undefined;
  if (batch) return batch;
  if (isUuidV7(id) && timeOfUuid(id) < clock.now() - keepMs) {
    throw new AppError('The batch is older than what is kept', {
      code: 'equipment.batch-removed',
      kind: 'gone',
    });
  }
  throw new AppError('Batch not found', { code: 'equipment.batch-not-found', kind: 'not-found' });
}

/** Rejects like `requireBatch` and `acted`. The leader's own steps may come between; then it is tried again. */
export async function actOnBatch(
  deps: ActOnBatchDeps,
  id: string,
  act: BatchAct,
  by: { name: string; reason: string | null },
): Promise<Batch> {
  for (let tries = 0; tries < 10; tries++) {
    const batch = await requireBatch(deps, id);
    const { counts } = await deps.items.counts(batch.id, 0);
    const after: Batch = {
      ...acted({ ...batch, counts }, act),
      ...{ changedAt: deps.clock.now(), changedBy: by.name, reason: by.reason },
    };
    const tx = deps.db.begin();
    deps.batches.update(tx, after);
    addWork(deps, tx, act, after);
    if (act !== 'cancel') addBatchEvent(deps.events, tx, EVENTS[act], after);
    deps.db.nudgeAfter(tx, BATCHES_CHANNEL);
    if (await committed(deps, tx)) return (await deps.batches.get(batch.id)) ?? after;
  }
  throw new AppError('The batch changes too fast; try again', {
    ...{ code: 'equipment.batch-busy', kind: 'unavailable', retryAfterS: 1 },
  });
}

/** What has not begun comes back where the batch does not run, and is kept where it does. */
function addWork({ items }: ActOnBatchDeps, tx: Tx, act: BatchAct, { id }: Batch): void {
  if (act === 'resume') items.keep(tx, id);
  else if (act === 'retry') items.retryFailed(tx, id);
  else items.recall(tx, id);
}

async function committed({ db }: ActOnBatchDeps, tx: Tx): Promise<boolean> {
  try {
    await db.commit(tx);
    return true;
  } catch (error) {
    if (error instanceof TxConflict) return false;
    throw error;
  }
}
