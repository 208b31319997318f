import { fileURLToPath } from 'node:url';
import { Piscina } from 'piscina';
import { AppError, messageOf } from '../../kernel/errors.js';
import type { Logger } from '../../kernel/logger.js';
import type { PartState } from '../../kernel/part-state.js';
import type { WorkerPool } from './worker-pool.js';

export interface WorkerPoolOptions {
  /** Threads, all of them up from start to stop; 1 or more. */
  threads: number;
  /** Jobs that may wait for a thread; beyond that `run` rejects with `worker.busy`. */
  maxQueue: number;
  log: Logger;
  /** The compiled file that exports the jobs. Default: `workers/index.js` of this build. */
  filename?: string;
  /** Heap of one thread in MiB; typed arrays and buffers are outside of it. Default 256. */
  maxHeapMb?: number;
}

const DEFAULT_FILE = new URL('../../workers/index.js', import.meta.url);
const YOUNG_GENERATION_MB = 8;
const STACK_MB = 4;
const STOP_TIMEOUT_MS = 10_000;
const QUEUE_IS_FULL = 'Task queue is at limit';

/** A worker pool on Piscina. Nothing runs before `start`. */
export function createWorkerPool(options: WorkerPoolOptions): WorkerPool {
  return new PiscinaPool(options);
}

class PiscinaPool implements WorkerPool {
  readonly #options: WorkerPoolOptions;
  #piscina: Piscina | undefined;
  #starting: Promise<void> | undefined;
  #stopping: Promise<void> | undefined;
  #ready = false;
  #taken = 0;

  constructor(options: WorkerPoolOptions) {
    this.#options = options;
  }

  get threads(): number {
    return this.#options.threads;
  }

  async run<I, O>(
    job: string,
    input: I,
    { signal, transfer }: { signal?: AbortSignal; transfer?: ArrayBuffer[] } = {},
  ): Promise<O> {
    if (!this.#piscina || this.#stopping) throw notRunning();
    this.#taken++;
    try {
      return (await this.#piscina.run(input, {
        name: job,
        signal: signal ?? null,
        ...(transfer && { transferList: transfer }),
      })) as O;
    } catch (error) {
      throw this.#stopping ? notRunning() : asAppError(error, job, signal);
    } finally {
      this.#taken--;
    }
  }

  state(): PartState {
    if (this.#stopping) return { status: 'down', detail: 'stopped' };
    if (!this.#ready) return { status: 'starting' };
    const alive = this.#piscina?.threads.length ?? 0;
    return alive === this.threads
      ? { status: 'ok' }
      : { status: 'degraded', detail: `${alive} of ${this.threads} threads are up` };
  }

  load(): { busy: number; waiting: number } {
    const waiting = this.#piscina?.queueSize ?? 0;
    return { busy: Math.max(0, this.#taken - waiting), waiting };
  }

  start(): Promise<void> {
    return (this.#starting ??= this.#start());
  }

  stop(): Promise<void> {
    return (this.#stopping ??= this.#stop());
  }

  async #start(): Promise<void> {
    const { threads, maxQueue, log, filename, maxHeapMb = 256 } = this.#options;
    this.#piscina = new Piscina({
      filename: filename ?? fileURLToPath(DEFAULT_FILE),
      minThreads: threads,
      maxThreads: threads,
      idleTimeout: Infinity,
      maxQueue: Math.max(maxQueue, threads),
      closeTimeout: STOP_TIMEOUT_MS,
      recordTiming: false,
      resourceLimits: {
        maxOldGenerationSizeMb: maxHeapMb,
        maxYoungGenerationSizeMb: YOUNG_GENERATION_MB,
        stackSizeMb: STACK_MB,
      },
    });
    // A thread that dies while idle; the pool replaces it.
    this.#piscina.on('error', (error: unknown) => log.error({ err: error }, 'a worker thread died'));
    const arrived = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));
    await Promise.all(Array.from({ length: threads }, () => this.run('prime', { arrived, threads })));
    this.#ready = true;
  }

  async #stop(): Promise<void> {
    await this.#starting?.catch(() => undefined);
    await this.#piscina?.destroy();
  }
}

function notRunning(): AppError {
  return new AppError('The worker threads are not running', { code: 'worker.stopped', kind: 'unavailable' });
}

/** What a job's failure means: the thread's end, the caller's wish, a full queue, or a fault of ours. */
function asAppError(error: unknown, job: string, signal: AbortSignal | undefined): AppError {
  const message = messageOf(error);
  const cause = error;
  if (signal?.aborted) {
    return new AppError(`The job ${job} was cancelled`, {
      code: 'worker.cancelled',
      kind: 'conflict',
      cause,
    });
  }
  if (message === QUEUE_IS_FULL) {
    return new AppError('All worker threads are busy', { code: 'worker.busy', kind: 'too-many', cause });
  }
  if (isDeath(error)) {
    return new AppError(`The worker thread ended during the job ${job}: ${message}`, {
      code: 'worker.died',
      kind: 'internal',
      retryable: true,
      cause,
    });
  }
  return new AppError(`The job ${job} failed`, { code: 'worker.failed', kind: 'internal', cause });
}

function isDeath(error: unknown): boolean {
  const { code, message } = error as NodeJS.ErrnoException;
  return code === 'ERR_WORKER_OUT_OF_MEMORY' || /^(worker exited|Terminating worker thread)/.test(message);
}
