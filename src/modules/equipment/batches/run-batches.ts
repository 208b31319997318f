import { sleep } from '../../../kernel/clock.js';
import { messageOf } from '../../../kernel/errors.js';
import type { Logger } from '../../../kernel/logger.js';
import { TxConflict } from '../../../kernel/tx.js';
import { MOST_OPEN } from './batch.js';
import type { Batch } from './batch.js';
import { stepBatch } from './step-batch.js';
import type { StepBatchDeps } from './step-batch.js';

export interface RunBatchesDeps extends StepBatchDeps {
  log: Logger;
}

/** Looks by itself this often, should a nudge have been lost. */
const LOOK_MS = 5_000;
/** What ends meanwhile is seen to together. */
const GATHER_MS = 100;
const RETRY_MS = 1_000;

/**
 * Keeps open batches going, in one process at a time. Where a batch is stands in the database alone, so that a process that
 * takes over, or comes back, goes on from there.
 */
export function createBatchRunner(deps: RunBatchesDeps) {
  const { clock, log, batches } = deps;
  let stopping: AbortController | undefined;
  let working: Promise<void> = Promise.resolve();
  let rung = new AbortController();

  async function work(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      rung = new AbortController();
      const pauseMs = (await round(signal)) ? 0 : LOOK_MS;
      if (pauseMs > 0) await sleep(clock, pauseMs, AbortSignal.any([rung.signal, signal]));
      await sleep(clock, GATHER_MS, signal);
    }
  }

  /** True where there is more to do at once. */
  async function round(signal: AbortSignal): Promise<boolean> {
    let again = false;
    try {
      for (const batch of await batches.open(MOST_OPEN)) {
        if (signal.aborted) return false;
        if (!isAtRest(batch) && (await tryStep(batch))) again = true;
      }
    } catch (error) {
      log.warn({ error: messageOf(error) }, 'batches could not be read; trying again');
      await sleep(clock, RETRY_MS, signal);
      return true;
    }
    return again;
  }

  /** A batch that cannot go on now holds no other one up. */
  async function tryStep(batch: Batch): Promise<boolean> {
    try {
      return await stepBatch(deps, batch);
    } catch (error) {
      if (error instanceof TxConflict) return true;
      log.warn({ batch: batch.id, error: messageOf(error) }, 'a batch cannot go on now; trying again');
      return false;
    }
  }

  return {
    /** There may be something to do. */
    wake: (): void => rung.abort(),
    start(): void {
      if (stopping) return;
      stopping = new AbortController();
      working = work(stopping.signal);
    },
    /** Resolves when the step in hand is done with. */
    async stop(): Promise<void> {
      stopping?.abort();
      await working;
      stopping = undefined;
    },
  };
}

/** Nothing of it moves until somebody acts. */
function isAtRest({ state, counts }: Batch): boolean {
  return (state === 'paused' || state === 'stopped') && counts.running === 0;
}
