import type { Clock } from '../../kernel/clock.js';
import { AppError } from '../../kernel/errors.js';
import type { EmbeddedQueues } from './embedded-queue.js';

/**
 * Bounds the length of each queue without counting it at every message: what this process added and removed is
 * counted along, and rows are counted when that says full, at most once a second.
 */
export class QueueDepths {
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
    const known = this.#known.get(queue);
    if (known && known.depth < this.max) return;
    const now = this.clock.monotonic();
    if (!known || now - known.countedAt >= 1_000) {
      const depth = await this.queues.depth(queue);
      this.#known.set(queue, { depth, countedAt: now });
      if (depth < this.max) return;
    }
    throw new AppError(`queue ${queue} is full: it holds ${this.max} messages`, {
      code: 'broker.queue-full',
      kind: 'too-many',
    });
  }
}
