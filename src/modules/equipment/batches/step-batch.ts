import type { Clock } from '../../../kernel/clock.js';
import type { EventLog } from '../../../kernel/event.js';
import type { Uuid } from '../../../kernel/ids.js';
import type { Seal } from '../../../kernel/seal.js';
import { inSlices } from '../../../kernel/slices.js';
import type { Transactions, Tx } from '../../../kernel/tx.js';
import type { TasksApi } from '../../tasks/index.js';
import type { ConfigureEquipment } from '../configure-equipment.js';
import type { ConfigureParameters } from '../configure-parameters.js';
import { openPassword } from '../configure-payload.js';
import { ITEM_STATES, batchActor } from './batch.js';
import type { Batch, Counts } from './batch.js';
import { nextStep } from './batch-course.js';
import type { Step } from './batch-course.js';
import { addBatchEvent } from './batch-events.js';
import type { BatchEventType } from './batch-events.js';
import type { BatchesRepository, SharedParameters } from './batches.repository.js';
import { openShared } from './create-batch.js';
import type { ItemsRepository, WaitingItem } from './items.repository.js';

export interface StepBatchDeps {
  db: Transactions;
  clock: Clock;
  events: EventLog;
  seal: Seal;
  batches: BatchesRepository;
  items: ItemsRepository;
  configure: ConfigureEquipment['configure'];
  tasks: Pick<TasksApi, 'get' | 'cancel'>;
  /** Before a further attempt at a device, times the attempts that failed. */
  retryAfterMs: number;
}

/** Waiting devices that one transaction cancels. */
const CANCELLED_AT_ONCE = 1_000;
const SYSTEM = 'switchyard';

const EVENTS: Readonly<Partial<Record<Batch['state'], BatchEventType>>> = {
  stopped: 'equipment.batch-stopped',
  completed: 'equipment.batch-completed',
  cancelled: 'equipment.batch-cancelled',
};

/**
 * Does what is next for a batch: what it gives to the ledger, its state and its counts are one transaction, which is refused
 * where somebody changed the batch meanwhile. True where there may be more to do at once.
 */
export async function stepBatch(deps: StepBatchDeps, batch: Batch): Promise<boolean> {
  const look = await deps.items.counts(batch.id, batch.canary);
  const step = nextStep(batch, look);
  const tx = deps.db.begin();
  let { counts } = look;
  if (step.feed > 0) counts = await feed(deps, tx, batch, step, counts);
  if (step.state === 'cancelling') counts = cancelWaiting(deps, tx, batch, counts);
  const isMoved = step.state !== batch.state || step.canaryPassed !== batch.canaryPassed;
  const isNews = isMoved || step.feed > 0 || differ(counts, batch.counts);
  if (isMoved) move(deps, tx, { ...batch, counts }, step);
  else if (isNews) deps.batches.count(tx, batch, counts);
  if (isNews) await deps.db.commit(tx);
  if (step.recall) await recall(deps, batch.id);
  return step.state === 'cancelling' && counts.running === 0;
}

function differ(one: Counts, other: Counts): boolean {
  return ITEM_STATES.some((state) => one[state] !== other[state]);
}

async function feed(
  deps: StepBatchDeps,
  tx: Tx,
  batch: Batch,
  { feed: most, canaryPassed }: Step,
  counts: Counts,
): Promise<Counts> {
  const scope = canaryPassed ? batch.total : batch.canary;
  const waiting = await deps.items.waiting(batch.id, most, scope);
  const shared = openedShared(deps.seal, batch.id, await deps.batches.shared(batch.id));
  await inSlices(deps.clock, waiting, (item) => {
    const task = deps.configure(tx, {
      equipmentId: item.equipmentId,
      timeoutInSeconds: batch.timeoutInSeconds,
      parameters: parametersOf(deps.seal, item, shared),
      supersede: batch.supersede,
      ...(batch.expiresAt !== null && { expiresAt: batch.expiresAt }),
      ...(item.attempts > 0 && { notBefore: deps.clock.now() + item.attempts * deps.retryAfterMs }),
      ...{ priority: 'low', source: 'rest', createdBy: batchActor(batch.id), trace: batch.trace },
    });
    deps.items.start(tx, batch.id, item, task.id);
  });
  const { length } = waiting;
  return { ...counts, waiting: counts.waiting - length, running: counts.running + length };
}

function openedShared(
  seal: Seal,
  id: Uuid,
  { parameters, secret }: SharedParameters,
): ConfigureParameters | null {
  if (parameters === null || secret === null) return null;
  return {
    ...(JSON.parse(parameters) as Omit<ConfigureParameters, 'password'>),
    password: openShared(seal, id, secret),
  };
}

function parametersOf(
  seal: Seal,
  { equipmentId, parameters, secret }: WaitingItem,
  shared: ConfigureParameters | null,
): ConfigureParameters {
  if (parameters === null || secret === null) {
    if (shared) return shared;
    throw new Error(`the parameters of ${equipmentId} are gone`);
  }
  const own = JSON.parse(parameters) as Omit<ConfigureParameters, 'password'>;
  return { ...own, password: openPassword(seal, equipmentId, secret) };
}

function cancelWaiting({ items, clock }: StepBatchDeps, tx: Tx, { id }: Batch, counts: Counts): Counts {
  const some = Math.min(counts.waiting, CANCELLED_AT_ONCE);
  if (some > 0) items.cancelWaiting(tx, id, clock.now(), CANCELLED_AT_ONCE);
  return { ...counts, waiting: counts.waiting - some, cancelled: counts.cancelled + some };
}

function move({ batches, items, events, clock }: StepBatchDeps, tx: Tx, batch: Batch, step: Step): void {
  const { state, canaryPassed } = step;
  const now = clock.now();
  const isOver = state === 'completed' || state === 'cancelled';
  const isChanged = state !== batch.state;
  const moved: Batch = {
    ...batch,
    ...{ state, canaryPassed, reason: step.reason ?? batch.reason, endedAt: isOver ? now : null },
    ...(isChanged && { changedAt: now }),
    ...(isChanged && state !== 'cancelled' && { changedBy: SYSTEM }),
  };
  batches.update(tx, moved);
  if (state === 'stopped') items.recall(tx, batch.id);
  if (isOver) {
    items.forgetSecrets(tx, batch.id);
    batches.forgetSecret(tx, batch.id);
  }
  const type = isChanged ? EVENTS[state] : undefined;
  if (type) addBatchEvent(events, tx, type, moved);
}

/** Takes back the tasks that have not begun; those that have, end as they will. */
async function recall({ items, tasks }: StepBatchDeps, id: Uuid): Promise<void> {
  for (const taskId of await items.recalled(id)) {
    const task = await tasks.get(taskId);
    if (task?.state === 'pending') await tasks.cancel(task, batchActor(id)).catch(ignoreEnded);
  }
}

/** It was faster. */
function ignoreEnded(error: unknown): void {
  if ((error as { kind?: unknown }).kind !== 'conflict') throw error;
}
