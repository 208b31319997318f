import type { Transactions, Tx } from '../../../kernel/tx.js';
import type { EquipmentEnding } from '../equipment-ending.js';
import { batchOf } from './batch.js';
import { BATCHES_CHANNEL } from './create-batch.js';
import type { ItemsRepository } from './items.repository.js';

/** Has the end of a batch's task be the end of its device's attempt, in one transaction. */
export function endBatchItem(
  { db, items }: { db: Pick<Transactions, 'nudgeAfter'>; items: Pick<ItemsRepository, 'end'> },
  tx: Tx,
  { task, ending, code, message }: EquipmentEnding,
): void {
  if (batchOf(task.createdBy) === undefined) return;
  const isCancelled = ending === 'cancelled';
  items.end(tx, { taskId: task.id, isCancelled, code, message, endedAt: task.endedAt ?? task.createdAt });
  db.nudgeAfter(tx, BATCHES_CHANNEL);
}
