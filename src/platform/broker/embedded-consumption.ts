import { type Clock, sleep } from '../../kernel/clock.js';
import type { Logger } from '../../kernel/logger.js';
import type { Database } from '../db/database.js';
import { backoffMs } from './backoff.js';
import type { ConsumeOptions, Consumption, DeliveryHandler } from './broker.js';
import { deliveryOf, type EmbeddedQueues, type QueuedMessage } from './embedded-queue.js';
import type { DeliveryTaker } from './take-delivery.js';
import { WakeUp } from './wake-up.js';

export interface EmbeddedConsumptionDeps {
  db: Database;
  clock: Clock;
  log: Logger;
  queues: EmbeddedQueues;
  taker: DeliveryTaker;
  /** Resolves with the newest message that was there at the start: it and older ones may have been delivered before. */
  started: Promise<number>;
  /** Called for each message that left the queue. */
  onRemoved: (queue: string) => void;
  /** How often to look without having been nudged. */
  pollMs: number;
}

const SMALL_PREFETCH = 16;
const BACKOFF = { baseMs: 100, capMs: 5_000 };
/** Ids stay where another process took the message; past this many a message given back may look new. */
const MAX_RETURNED = 10_000;

/** Nudged when a queue has got a message. */
export function queueChannel(queue: string): string {
  return `broker:${queue}`;
}

/**
 * Hands the messages of one queue to its handler in order, at most `prefetch` at once. What is given back
 * comes again before what is newer.
 */
export class EmbeddedConsumption implements Consumption {
  readonly #inHand = new Map<number, Promise<void>>();
  readonly #returned = new Set<number>();
  readonly #stopping = new AbortController();
  readonly #wake: WakeUp;
  readonly #running: Promise<void>;
  /** Everything up to here was fetched, but for what commits late on PostgreSQL: so it goes back to 0 at each poll. */
  #cursor = 0;
  #failures = 0;

  constructor(
    private readonly deps: EmbeddedConsumptionDeps,
    private readonly options: ConsumeOptions,
    private readonly handler: DeliveryHandler,
  ) {
    this.#wake = new WakeUp(deps.clock);
    this.#running = this.#run();
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    this.#wake.ring();
    await this.#running;
    await Promise.all(this.#inHand.values());
  }

  async #run(): Promise<void> {
    const { db, started, pollMs, clock } = this.deps;
    const old = await Promise.race([started, this.#stopped()]);
    const forget = db.onNudge(queueChannel(this.options.queue), () => this.#wake.ring());
    let fullLookAt = 0;
    while (!this.#stopping.signal.aborted) {
      if (clock.monotonic() >= fullLookAt) {
        this.#cursor = 0;
        fullLookAt = clock.monotonic() + pollMs;
      }
      if (await this.#fetch(old)) continue;
      if (this.#failures === 0) await this.#wake.wait(pollMs);
      else await sleep(clock, backoffMs(this.#failures, BACKOFF), this.#stopping.signal);
    }
    forget();
  }

  #stopped(): Promise<number> {
    return new Promise((resolve) => {
      this.#stopping.signal.addEventListener('abort', () => resolve(0), { once: true });
    });
  }

  /** Half of a large prefetch is worked off before the next look, so that a look fetches many. */
  async #fetch(old: number): Promise<boolean> {
    const { prefetch } = this.options;
    const free = prefetch - this.#inHand.size;
    if (free < (prefetch > SMALL_PREFETCH ? prefetch / 2 : 1)) return false;
    try {
      const skip = new Set(this.#inHand.keys());
      const messages = await this.deps.queues.read(this.options.queue, this.#cursor, free, skip);
      this.#failures = 0;
      if (this.#stopping.signal.aborted) return false;
      for (const message of messages) this.#deliver(message, message.id <= old);
      return messages.length > 0;
    } catch (error) {
      this.#failures++;
      this.deps.log.debug({ queue: this.options.queue, err: error }, 'a queue could not be read');
      return false;
    }
  }

  #deliver(queued: QueuedMessage, mayBeOld: boolean): void {
    this.#cursor = Math.max(this.#cursor, queued.id);
    const redelivered = this.#returned.delete(queued.id) || mayBeOld;
    const settled = this.#settle(queued, redelivered).finally(() => {
      this.#inHand.delete(queued.id);
      this.#wake.ring();
    });
    this.#inHand.set(queued.id, settled);
  }

  async #settle({ id, message }: QueuedMessage, redelivered: boolean): Promise<void> {
    const { queues, taker, onRemoved } = this.deps;
    const { queue } = this.options;
    const delivery = deliveryOf(queue, message, redelivered);
    const remove = queues.remove.bind(queues);
    const taken = await taker.take(delivery, this.handler, {
      signal: this.#stopping.signal,
      remove: (tx) => remove(tx, id),
    });
    if (taken === 'retry' || (taken === 'seen' && !(await this.#drop(id)))) {
      if (this.#returned.size < MAX_RETURNED) this.#returned.add(id);
      this.#cursor = Math.min(this.#cursor, id - 1);
      return;
    }
    onRemoved(queue);
  }

  /** Removes a message that was taken before under another row. */
  async #drop(id: number): Promise<boolean> {
    const { db, queues, log } = this.deps;
    const tx = db.begin();
    queues.remove(tx, id);
    try {
      await db.commit(tx);
    } catch (error) {
      log.debug({ queue: this.options.queue, err: error }, 'a duplicate could not be removed');
      return false;
    }
    return true;
  }
}
