import type { PartState } from '../../kernel/part-state.js';

/** Runs jobs, the named exports of `src/workers/index.ts`, on threads. */
export interface WorkerPool {
  readonly threads: number;
  /**
   * Runs one job on a free thread; waits in a bounded queue when all are busy (rejects `too-many` beyond it).
   * A thread that dies (out of memory included) rejects this job alone. `signal` ends the job with its thread,
   * so long jobs should rather watch a flag in a SharedArrayBuffer.
   */
  run<I, O>(job: string, input: I, options?: { signal?: AbortSignal; transfer?: ArrayBuffer[] }): Promise<O>;
  state(): PartState;
  /** Jobs on a thread, and jobs that wait for one. */
  load(): { busy: number; waiting: number };
  /** Resolves when every thread is up and has run its priming job. */
  start(): Promise<void>;
  stop(): Promise<void>;
}
