import type { Clock } from '../../../kernel/clock.js';
import type { Batch, BatchItem } from './batch.js';
import type { BatchAct } from './batch-course.js';
import type { BatchFilter } from './batches.repository.js';
import { actOnBatch, requireBatch } from './act-on-batch.js';
import type { ActOnBatchDeps } from './act-on-batch.js';
import { resultAsCsv, resultAsJson } from './batch-result.js';
import { checkBatch } from './check-batch.js';
import { createBatch } from './create-batch.js';
import type { CreateBatchDeps, NewBatch } from './create-batch.js';
import type { ItemFilter } from './items.repository.js';
import type { RawBatch } from './raw-batch.js';

export type BatchesApi = ReturnType<typeof createBatchesApi>;

export interface BatchesApiDeps extends CreateBatchDeps, ActOnBatchDeps {
  clock: Clock;
}

/** What can be asked of batches, and done to them. */
export function createBatchesApi(deps: BatchesApiDeps) {
  const { batches, items, clock } = deps;
  return {
    /** Judges a batch whole and stores it. Rejects like `createBatch`. */
    create: ({
      read,
      ...input
    }: Omit<NewBatch, 'checked'> & { read: () => Promise<RawBatch> }): Promise<Batch> =>
      createBatch(deps, { ...input, checked: async () => checkBatch(clock, await read()) }),
    /** Rejects like `requireBatch`. */
    require: (id: string): Promise<Batch> => requireBatch(deps, id),
    /** Newest first. */
    list: (filter: BatchFilter, limit: number): Promise<Batch[]> => batches.list(filter, limit),
    /** In the order in which they came. Rejects like `requireBatch`. */
    async items(id: string, filter: ItemFilter, limit: number): Promise<BatchItem[]> {
      return items.list((await requireBatch(deps, id)).id, filter, limit);
    },
    /** Rejects like `actOnBatch`. */
    act: (id: string, act: BatchAct, by: { name: string; reason: string | null }): Promise<Batch> =>
      actOnBatch(deps, id, act, by),
    /** Rejects like `requireBatch`. */
    async result(id: string, form: 'csv' | 'json'): Promise<string> {
      const batch = await requireBatch(deps, id);
      return (form === 'csv' ? resultAsCsv : resultAsJson)(clock, items, batch.id);
    },
  };
}
