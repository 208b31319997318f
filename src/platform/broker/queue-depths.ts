import type { Clock } from '../../kernel/clock.js';
import { AppError } from '../../kernel/errors.js';
import type { EmbeddedQueues } from './embedded-queue.js';

/**
 * Bounds the length of each queue without counting it at every message: what this process added and removed is
 * counted along, and rows are counted when that says full, at most once a second.
 */
export class QueueDepths {
  readonly #counting = new Map<string, Promise<void>>();
  readonly #known = new Map<string, { depth: number; countedAt: number }>();

  constructor(
    private readonly queues: EmbeddedQueues,
    private readonly clock: Clock,
    private readonly max: number,
  ) {}

  /** Makes room for one message in each queue, or rejects `too-many` and makes none. */
  async reserve(queues: readonly string[]): Promise<void> {
    for (const queue of queues) await this.#check(queue);
    for (const queue of queues) this.#known.get(queue)!.depth++;
  }

  removed(queue: string): void {
    const known = this.#known.get(queue);
    if (known) known.depth--;
  }

  async #check(queue: string): Promise<void> {
    if (this.#hasRoom(queue) || (this.#mayCount(queue) && (await this.#counted(queue)))) return;
    throw new AppError(`queue ${queue} is full: it holds ${this.max} messages`, {
      code: 'broker.queue-full',
      kind: 'too-many',
    });
  }

  #hasRoom(queue: string): boolean {
    return (this.#known.get(queue)?.depth ?? this.max) < this.max;
  }

  #mayCount(queue: string): boolean {
    const known = this.#known.get(queue);
    return !known || this.clock.monotonic() - known.countedAt >= 1_000;
  }

  /** One count for all who wait for it, so that they go on in the order in which they came. */
  async #counted(queue: string): Promise<boolean> {
    const counting = this.#counting.get(queue) ?? this.#count(queue);
    this.#counting.set(queue, counting);
    await counting;
    return this.#hasRoom(queue);
  }

  async #count(queue: string): Promise<void> {
    try {
      const depth = await this.queues.depth(queue);
      this.#known.set(queue, { depth, countedAt: this.clock.monotonic() });
    } finally {
      this.#counting.delete(queue);
    }
  }
}
