import { sleep } from '../../kernel/clock.js';
import { backoffMs } from './backoff.js';
import type { BatchHandler, BatchOptions, Consumption, Delivery } from './broker.js';
import { type EmbeddedConsumptionDeps, queueChannel } from './embedded-consumption.js';
import { deliveryOf, type QueuedMessage } from './embedded-queue.js';
import type { BatchTaker } from './take-batch.js';
import { WakeUp } from './wake-up.js';

export interface EmbeddedBatchDeps extends Omit<EmbeddedConsumptionDeps, 'taker'> {
  taker: BatchTaker;
}

const BACKOFF = { baseMs: 100, capMs: 5_000 };
const NOTHING: ReadonlySet<number> = new Set();

/** Hands the oldest messages of a queue to its handler, one batch at a time; they leave the queue with its commit. */
export class EmbeddedBatchConsumption implements Consumption {
  readonly #stopping = new AbortController();
  readonly #wake: WakeUp;
  readonly #running: Promise<void>;
  #failures = 0;

  constructor(
    private readonly deps: EmbeddedBatchDeps,
    private readonly options: BatchOptions,
    private readonly handler: BatchHandler,
  ) {
    this.#wake = new WakeUp(deps.clock);
    this.#running = this.#run();
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    this.#wake.ring();
    await this.#running;
  }

  async #run(): Promise<void> {
    const { db, started, pollMs, clock } = this.deps;
    const { signal } = this.#stopping;
    const old = await Promise.race([started, stopped(signal)]);
    const forget = db.onNudge(queueChannel(this.options.queue), () => this.#wake.ring());
    while (!signal.aborted) {
      if (await this.#round(old)) continue;
      if (this.#failures === 0) await this.#wake.wait(pollMs);
      else await sleep(clock, backoffMs(this.#failures, BACKOFF), signal);
    }
    forget();
  }

  /** False where nothing was there. What was not taken is met again by the next round, before what is newer. */
  async #round(old: number): Promise<boolean> {
    const { queue, most, mostBytes } = this.options;
    try {
      const queued = await this.deps.queues.read(queue, 0, most, NOTHING, mostBytes);
      this.#failures = 0;
      if (queued.length === 0 || this.#stopping.signal.aborted) return false;
      await this.#take(queued, old);
      return true;
    } catch (error) {
      this.#failures++;
      this.deps.log.debug({ queue, err: error }, 'a queue could not be read');
      return false;
    }
  }

  async #take(queued: readonly QueuedMessage[], old: number): Promise<void> {
    const { queues, taker, onRemoved } = this.deps;
    const { queue } = this.options;
    const ids = new Map<Delivery, number>();
    for (const { id, message } of queued) ids.set(deliveryOf(queue, message, id <= old), id);
    const outcomes = await taker.take([...ids.keys()], this.handler, {
      signal: this.#stopping.signal,
      remove: (tx, deliveries) =>
        queues.removeAll(
          tx,
          deliveries.map((delivery) => ids.get(delivery)!),
        ),
      // Removed with the commit, a message never comes again.
      remember: () => undefined,
    });
    for (const outcome of outcomes) if (outcome === 'taken') onRemoved(queue);
  }
}

function stopped(signal: AbortSignal): Promise<number> {
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve(0), { once: true }));
}
