import { AppError } from '../../../kernel/errors.js';
import { LEAST_JUDGED, endedIn } from './batch.js';
import type { Batch, BatchState, Counts } from './batch.js';

/** What of a batch decides how it goes on. */
export type Standing = Pick<
  Batch,
  'state' | 'total' | 'canary' | 'canaryPassed' | 'stopAtFailureShare' | 'inFlight' | 'forgiven'
>;

export interface Look {
  counts: Counts;
  /** Devices of the canary that have not ended. */
  canaryLeft: number;
}

/** What is to be done for a batch now. */
export interface Step {
  /** The state it is in from now on. */
  state: BatchState;
  canaryPassed: boolean;
  /** Devices to be given to the ledger, none of them beyond the canary until that has passed. */
  feed: number;
  /** Tasks that have not begun are to be taken back. */
  recall: boolean;
  /** Why it stopped, for people; null where it did not. */
  reason: string | null;
}

/** How a batch goes on, from what has become of its devices. Pure: the same look gives the same step. */
export function nextStep(batch: Standing, look: Look): Step {
  const stay = { state: batch.state, canaryPassed: batch.canaryPassed, feed: 0, recall: false, reason: null };
  const { waiting, running } = look.counts;
  switch (batch.state) {
    case 'paused':
    case 'stopped':
      return { ...stay, recall: true };
    case 'cancelling':
      return waiting + running === 0 ? { ...stay, state: 'cancelled' } : { ...stay, recall: true };
    case 'running':
      return waiting + running === 0 ? { ...stay, state: 'completed' } : goOn(batch, look, stay);
    default:
      return stay;
  }
}

function goOn(batch: Standing, look: Look, stay: Step): Step {
  const reason = reasonToStop(batch, look.counts);
  if (reason !== null) return { ...stay, state: 'stopped', recall: true, reason };
  const canaryPassed = batch.canaryPassed || look.canaryLeft === 0;
  const { waiting, running } = look.counts;
  const inScope = canaryPassed ? waiting : Math.min(waiting, Math.max(0, look.canaryLeft - running));
  return { ...stay, canaryPassed, feed: Math.max(0, Math.min(batch.inFlight - running, inScope)) };
}

/** The canary is judged against its whole size, so that it stops as soon as it cannot end well. */
function reasonToStop(batch: Standing, counts: Counts): string | null {
  const failed = counts.failed - batch.forgiven.failed;
  const ended = endedIn(counts) - batch.forgiven.ended;
  if (failed <= 0) return null;
  const size = Math.min(batch.canary, batch.total);
  if (!batch.canaryPassed) {
    return failed >= batch.stopAtFailureShare * size ? `${failed} of the first ${size} devices failed` : null;
  }
  const isMany = ended >= LEAST_JUDGED && failed >= batch.stopAtFailureShare * ended;
  return isMany ? `${failed} of ${ended} devices failed` : null;
}

export type BatchAct = 'pause' | 'resume' | 'cancel' | 'retry';

const FROM: Readonly<Record<BatchAct, readonly BatchState[]>> = {
  pause: ['running'],
  resume: ['paused', 'stopped'],
  cancel: ['running', 'paused', 'stopped'],
  retry: ['running', 'paused', 'stopped'],
};

/**
 * A batch after somebody's act. Resuming forgives what has failed, and a canary that stopped it: whoever resumes has looked.
 * Throws `equipment.batch-ended` or `equipment.batch-not-<state>` (conflict).
 */
export function acted<B extends Standing & Pick<Batch, 'counts'>>(batch: B, act: BatchAct): B {
  if (!FROM[act].includes(batch.state)) throw refused(batch.state, act);
  switch (act) {
    case 'pause':
      return { ...batch, state: 'paused' };
    case 'cancel':
      return { ...batch, state: 'cancelling' };
    case 'resume':
      return resumed(batch);
    case 'retry':
      return { ...batch, forgiven: { failed: 0, ended: endedIn(batch.counts) - batch.counts.failed } };
  }
}

function resumed<B extends Standing & Pick<Batch, 'counts'>>(batch: B): B {
  const again = { ...batch, state: 'running' as const };
  if (batch.state !== 'stopped') return again;
  const forgiven = { failed: batch.counts.failed, ended: endedIn(batch.counts) };
  return { ...again, forgiven, canaryPassed: true };
}

function refused(state: BatchState, act: BatchAct): AppError {
  const isOver = state === 'completed' || state === 'cancelled' || state === 'cancelling';
  return new AppError(`The batch is ${state}; it cannot be ${PAST[act]}`, {
    code: isOver ? 'equipment.batch-ended' : `equipment.batch-${state}`,
    kind: 'conflict',
  });
}

const PAST: Readonly<Record<BatchAct, string>> = {
  pause: 'paused',
  resume: 'resumed',
  cancel: 'cancelled',
  retry: 'retried',
};
