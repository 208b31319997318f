import { sleep } from '../../kernel/clock.js';
import { type Tx, TxConflict } from '../../kernel/tx.js';
import { backoffMs } from './backoff.js';
import type { BatchHandler, Delivery, DeliveryHandler, Settlement } from './broker.js';
import {
  bury,
  DEFAULT_BACKOFF,
  type DeliveryTaker,
  type DeliveryTakerDeps,
  isOutage,
  TAKEN_ELSEWHERE,
  type Taken,
} from './take-delivery.js';

export interface TakeBatchOptions {
  /** Ends the pause before a retry. */
  signal: AbortSignal;
  /** Adds the removal of messages to their own transaction, where the queue is in the database. */
  remove?: (tx: Tx, deliveries: readonly Delivery[]) => void;
  /** Adds what makes the messages known when they come again. */
  remember: (tx: Tx, deliveries: readonly Delivery[]) => void;
}

/**
 * Puts many deliveries through their handler and one transaction; never rejects. Where that fails, the halves are tried,
 * so that one bad message costs a handful of transactions and holds nothing else up; what is left alone is taken as any other.
 */
export class BatchTaker {
  #outages = 0;

  constructor(
    private readonly deps: DeliveryTakerDeps,
    private readonly single: DeliveryTaker,
  ) {}

  /** What became of each, in their order. */
  async take(
    deliveries: readonly Delivery[],
    handler: BatchHandler,
    options: TakeBatchOptions,
  ): Promise<Taken[]> {
    if (deliveries.length === 1) return [await this.#alone(deliveries[0]!, handler, options)];
    try {
      await this.#attempt(deliveries, handler, options);
      this.#outages = 0;
      return deliveries.map(() => 'taken');
    } catch (error) {
      return this.#afterFailure(error, deliveries, handler, options);
    }
  }

  async #attempt(
    deliveries: readonly Delivery[],
    handler: BatchHandler,
    { remove, remember }: TakeBatchOptions,
  ): Promise<void> {
    const { db } = this.deps;
    const tx = db.begin();
    remove?.(tx, deliveries);
    remember(tx, deliveries);
    const settlements = await handler(deliveries, tx);
    if (settlements.length !== deliveries.length) throw new Error('each delivery needs a settlement');
    settlements.forEach((settlement, i) => this.#settle(tx, deliveries[i]!, settlement));
    await db.commit(tx);
  }

  #settle(tx: Tx, delivery: Delivery, settlement: Settlement): void {
    if (settlement.kind !== 'dead') return;
    const now = this.deps.clock.now();
    const { reason, detail } = settlement;
    bury(this.deps, tx, delivery, { reason, detail, attempts: 1, firstAt: now, now });
  }

  async #afterFailure(
    error: unknown,
    deliveries: readonly Delivery[],
    handler: BatchHandler,
    options: TakeBatchOptions,
  ): Promise<Taken[]> {
    if (error instanceof TxConflict && error.reason === TAKEN_ELSEWHERE) {
      return deliveries.map(() => 'elsewhere');
    }
    if (isOutage(error)) return this.#afterOutage(error, deliveries, options);
    this.deps.log.debug(
      { queue: deliveries[0]?.queue, deliveries: deliveries.length, err: error },
      'a batch is taken in halves',
    );
    const middle = Math.ceil(deliveries.length / 2);
    const first = await this.take(deliveries.slice(0, middle), handler, options);
    return [...first, ...(await this.take(deliveries.slice(middle), handler, options))];
  }

  async #afterOutage(
    error: unknown,
    deliveries: readonly Delivery[],
    { signal }: TakeBatchOptions,
  ): Promise<Taken[]> {
    const { clock, log, backoff = DEFAULT_BACKOFF } = this.deps;
    log.debug({ queue: deliveries[0]?.queue, err: error }, 'a batch waits for the database');
    await sleep(clock, backoffMs(++this.#outages, backoff), signal);
    return deliveries.map(() => 'retry');
  }

  #alone(delivery: Delivery, handler: BatchHandler, options: TakeBatchOptions): Promise<Taken> {
    const { signal, remove, remember } = options;
    const one: DeliveryHandler = async (_, tx) => (await handler([delivery], tx))[0]!;
    return this.single.take(delivery, one, {
      signal,
      remember: (tx) => remember(tx, [delivery]),
      ...(remove ? { remove: (tx) => remove(tx, [delivery]) } : {}),
    });
  }
}
