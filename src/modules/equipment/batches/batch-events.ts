import type { EventLog, NewEvent } from '../../../kernel/event.js';
import type { Tx } from '../../../kernel/tx.js';
import type { Batch } from './batch.js';
import { viewOfBatch } from './batch-view.js';

/** What happens to a batch as a whole; what happens to its devices are events of their tasks. */
export type BatchEventType =
  | 'equipment.batch-started'
  | 'equipment.batch-paused'
  | 'equipment.batch-resumed'
  | 'equipment.batch-retried'
  | 'equipment.batch-stopped'
  | 'equipment.batch-completed'
  | 'equipment.batch-cancelled';

/** The first word of its topics and subjects. */
export const BATCH_TOPIC = 'equipment-batches';

export function addBatchEvent(events: EventLog, tx: Tx, type: BatchEventType, batch: Batch): void {
  events.append(tx, { ...eventOf(batch), type, time: batch.changedAt });
}

/** How far a batch is; not stored. */
export function batchProgress(batch: Batch, now: number): NewEvent {
  return { ...eventOf(batch), type: 'equipment.batch-progress', time: now };
}

export function batchSubject({ id }: Pick<Batch, 'id'>): string {
  return `${BATCH_TOPIC}/${id}`;
}

function eventOf(batch: Batch): Pick<NewEvent, 'subject' | 'data'> {
  return { subject: batchSubject(batch), data: JSON.stringify(viewOfBatch(batch)) };
}
