import { AppError } from '../../../kernel/errors.js';
import { actOnBatch } from './act-on-batch.js';
import type { ActOnBatchDeps } from './act-on-batch.js';
import { MOST_OPEN } from './batch.js';

/** Cancels what has been paused or stopped for as long as batches are kept, so that no password is kept for ever. */
export async function cancelForgotten(deps: ActOnBatchDeps): Promise<void> {
  const before = deps.clock.now() - deps.keepMs;
  for (const { id, state, changedAt } of await deps.batches.open(MOST_OPEN)) {
    if ((state !== 'paused' && state !== 'stopped') || changedAt >= before) continue;
    const by = { name: 'switchyard', reason: 'Nobody went on with it' };
    await actOnBatch(deps, id, 'cancel', by).catch((error: unknown) => {
      if (!(error instanceof AppError) || error.kind !== 'conflict') throw error;
    });
  }
}
