import type {
  AttemptContext,
  CompletedOutcome,
  EndedTask,
  Outcome,
  Task,
  TaskRunner,
} from '../../../src/modules/tasks/index.js';
import type { Tx } from '../../../src/kernel/tx.js';
import { waitFor } from '../../support/wait-for.js';

export const DONE: CompletedOutcome = {
  kind: 'completed',
  result: { contentType: 'application/json', body: '{"done":true}' },
};

export function failed(retryable: boolean, message = 'the other side is away'): Outcome {
  return { kind: 'failed', code: 'spec.failed', message, retryable };
}

/** An attempt in hand, that ends when the spec says so. */
export interface HeldAttempt {
  task: Task;
  context: AttemptContext;
  end(outcome: Outcome): void;
  fail(error: unknown): void;
}

export interface ScriptedOptions {
  type?: string;
  concurrency?: number;
  maxAttempts?: number;
  /** Whether an attempt ends when its signal aborts. Default true. */
  heeds?: boolean;
  /** Whether its attempts begin when the spec says so. Default false: at once. */
  beginsLater?: boolean;
  ended?: (tx: Tx, ended: EndedTask) => void;
  atOnce?: (task: Task) => Promise<CompletedOutcome | undefined>;
}

/** A runner whose attempts are held until the spec ends them. */
export class ScriptedRunner implements TaskRunner {
  readonly type: string;
  readonly concurrency: number;
  readonly maxAttempts: number;
  readonly beginsLater: boolean;
  readonly ended?: (tx: Tx, ended: EndedTask) => void;
  readonly atOnce?: (task: Task) => Promise<CompletedOutcome | undefined>;
  /** Every attempt that was started, in order. */
  readonly started: HeldAttempt[] = [];
  mostAtOnce = 0;
  #running = 0;
  #taken = 0;
  readonly #heeds: boolean;

  constructor({
    type = 'job',
    concurrency = 4,
    maxAttempts = 3,
    heeds = true,
    beginsLater = false,
    ended,
    atOnce,
  }: ScriptedOptions = {}) {
    this.type = type;
    this.concurrency = concurrency;
    this.maxAttempts = maxAttempts;
    this.#heeds = heeds;
    this.beginsLater = beginsLater;
    if (ended) this.ended = ended;
    if (atOnce) this.atOnce = atOnce;
  }

  async run(task: Task, context: AttemptContext): Promise<Outcome> {
    this.mostAtOnce = Math.max(this.mostAtOnce, ++this.#running);
    try {
      return await new Promise<Outcome>((resolve, reject) => {
        this.started.push({ task, context, end: resolve, fail: reject });
        if (this.#heeds) context.signal.addEventListener('abort', () => resolve(failed(true, 'interrupted')));
      });
    } finally {
      this.#running--;
    }
  }

  /** The next attempt that no call of this has returned yet. */
  async next(): Promise<HeldAttempt> {
    await waitFor(`attempt ${this.#taken + 1} of ${this.type}`, () => this.started.length > this.#taken);
    return this.started[this.#taken++]!;
  }
}
