import type { AggregateControl, AggregateProgress } from '../aggregate.js';
import { aggregationCancelled } from '../aggregate-errors.js';

/** Does one pass; told when nobody waits for it any more. */
export type RunPass = (
  signal: AbortSignal,
  onProgress: (progress: AggregateProgress) => void,
) => Promise<FinishedPass>;

export interface FinishedPass {
  /** The version of the file that was read. */
  version: string;
  /** Done before the next pass begins, but after those who wait have been told. */
  afterwards?: () => Promise<void>;
}

interface SharedPass {
  readonly controller: AbortController;
  readonly waiters: Set<AggregateControl>;
  progress: AggregateProgress | undefined;
  hasBegun: boolean;
  readonly done: Promise<FinishedPass>;
}

/**
 * One pass per key however many wait for it, and one at a time, as each uses all threads. A pass ends when its last
 * waiter goes; a waiter that aborts is let go at once.
 */
export class SharedPasses {
  readonly #passes = new Map<string, SharedPass>();
  #last: Promise<unknown> = Promise.resolve();

  /** Joins the pass of that key, or starts it with `run`. Rejects with `reports.cancelled` when the waiter aborts. */
  async join(key: string, control: AggregateControl, run: RunPass): Promise<FinishedPass> {
    if (control.signal.aborted) throw aggregationCancelled();
    const pass = this.#passes.get(key) ?? this.#begin(key, run);
    // A control of its own for each call, as a caller may use one for several.
    const waiter = { ...control };
    pass.waiters.add(waiter);
    if (pass.progress) control.onProgress?.(pass.progress);
    try {
      if (pass.hasBegun) await allBegin([control]);
      return await untilAborted(pass.done, control.signal);
    } finally {
      pass.waiters.delete(waiter);
      if (pass.waiters.size === 0) this.#end(key, pass);
    }
  }

  /** Ends every pass; resolves when all have ended. */
  async stop(): Promise<void> {
    for (const [key, pass] of this.#passes) this.#end(key, pass);
    await this.#last;
  }

  #begin(key: string, run: RunPass): SharedPass {
    const controller = new AbortController();
    const tell = (progress: AggregateProgress): void => {
      pass.progress = progress;
      for (const waiter of pass.waiters) waiter.onProgress?.(progress);
    };
    const start = async (): Promise<FinishedPass> => {
      pass.hasBegun = true;
      await allBegin([...pass.waiters]);
      return run(controller.signal, tell);
    };
    const done = this.#last.then(start);
    const pass: SharedPass = { controller, waiters: new Set(), progress: undefined, hasBegun: false, done };
    this.#last = done.then((finished) => finished.afterwards?.()).catch(() => undefined);
    this.#passes.set(key, pass);
    return pass;
  }

  #end(key: string, pass: SharedPass): void {
    if (this.#passes.get(key) === pass) this.#passes.delete(key);
    pass.controller.abort();
  }
}

/** One that cannot begin is told so by whoever asked for it; the others need not wait for that. */
async function allBegin(waiters: readonly AggregateControl[]): Promise<void> {
  await Promise.allSettled(waiters.map(async ({ begin }) => begin?.()));
}

/** Waits for `work`, but no longer than `signal` allows. */
async function untilAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  const { promise, stop } = abortion(signal);
  try {
    return await Promise.race([work, promise]);
  } finally {
    stop();
  }
}

function abortion(signal: AbortSignal): { promise: Promise<never>; stop: () => void } {
  let stop = (): void => undefined;
  const promise = new Promise<never>((_, reject) => {
    const abort = (): void => reject(aggregationCancelled());
    signal.addEventListener('abort', abort, { once: true });
    stop = () => signal.removeEventListener('abort', abort);
  });
  return { promise, stop };
}
