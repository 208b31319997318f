import { type Clock, sleep } from '../../kernel/clock.js';
import { AppError, messageOf } from '../../kernel/errors.js';
import type { Logger } from '../../kernel/logger.js';
import { type Tx, TxConflict } from '../../kernel/tx.js';
import type { Database } from '../db/database.js';
import { type Backoff, backoffMs } from './backoff.js';
import type { Delivery, DeliveryHandler } from './broker.js';
import type { DeadLetterBox } from './dead-letters.js';
import { type Death, deadLetterOf, deadMessageOf } from './dead-delivery.js';
import { type Failures, FailureCounter } from './failure-counter.js';
import { type ClaimMessage, createClaims, messageKey, SEEN_BEFORE } from './inbox.js';
import type { Outbox } from './outbox.js';

/** The `TxConflict` reason of a message that another consumer of an embedded queue removed first. */
export const TAKEN_ELSEWHERE = 'broker.taken-elsewhere';

export const DEFAULT_BACKOFF: Backoff = { baseMs: 100, capMs: 5_000 };
const MAX_HANDLER_FAILURES = 5;

/** What the adapter is to do with a delivery: acknowledge it, give it back, or forget it. */
export type Taken = 'taken' | 'seen' | 'retry' | 'elsewhere';

export interface TakeOptions {
  /** Ends the pause before a retry. */
  signal: AbortSignal;
  /** Adds the removal of the message to its own transaction, where the queue is in the database. */
  remove?: (tx: Tx) => void;
  /** Adds what makes the message known when it comes again, in place of its row in the inbox. */
  remember?: (tx: Tx) => void;
}

export interface DeliveryTakerDeps {
  db: Database;
  clock: Clock;
  log: Logger;
  deadLetters: DeadLetterBox;
  outbox: Outbox;
  /** Whether the topology has a dead-letter queue beside this one. */
  hasDeadQueue: (queue: string) => boolean;
  /** Pause before a message is given back. Default 100 ms doubling to 5 s. */
  backoff?: Backoff;
  /** Default 5. */
  maxHandlerFailures?: number;
}

/**
 * Puts one delivery through its handler and its transaction; never rejects.
 *
 * | what happened | committed | result |
 * |---|---|---|
 * | handler says `taken`, commit succeeds | claim, removal, handler's statements | `taken` |
 * | handler says `dead`, commit succeeds | the same, a dead-letter row, a message to `<queue>.dead` | `taken` |
 * | the claim finds the message taken before | nothing | `seen` |
 * | another consumer removed it first (embedded) | nothing | `elsewhere` |
 * | database away or overloaded (any retryable `AppError`), before or in the commit | nothing, or all of it without our knowing: then `seen` next time | `retry` after a growing pause |
 * | handler throws, or its conditions fail | nothing | `retry` after a growing pause |
 * | the same for the 5th time | claim, removal, dead letter with reason `handler-failed` | `taken` |
 */
export class DeliveryTaker {
  readonly #failures = new FailureCounter();
  #outages = 0;
  #nextOutageAt = 0;

  readonly #claimMessage: ClaimMessage;

  constructor(private readonly deps: DeliveryTakerDeps) {
    this.#claimMessage = createClaims(deps.db, deps.clock);
  }

  async take(delivery: Delivery, handler: DeliveryHandler, options: TakeOptions): Promise<Taken> {
    const key = await messageKey(delivery);
    try {
      await this.#attempt(delivery, key, handler, options);
      this.#outages = 0;
      this.#failures.forget(failureKey(delivery, key));
      return 'taken';
    } catch (error) {
      return this.#afterFailure(error, delivery, key, options);
    }
  }

  async #attempt(
    delivery: Delivery,
    key: string,
    handler: DeliveryHandler,
    options: TakeOptions,
  ): Promise<void> {
    const { db, clock } = this.deps;
    const tx = db.begin();
    this.#claim(tx, delivery, key, options);
    const settlement = await handler(delivery, tx);
    if (settlement.kind === 'dead') {
      const now = clock.now();
      const { firstAt, count } = this.#failures.get(failureKey(delivery, key)) ?? { firstAt: now, count: 0 };
      const { reason, detail } = settlement;
      this.#bury(tx, delivery, { reason, detail, attempts: count + 1, firstAt, now });
    }
    await db.commit(tx);
  }

  #claim(tx: Tx, delivery: Delivery, key: string, { remove, remember }: TakeOptions): void {
    remove?.(tx);
    if (remember) return remember(tx);
    // A removal in the same transaction makes a second delivery of the same bytes another message.
    if (delivery.messageId || !remove) this.#claimMessage(tx, delivery, key);
  }

  #bury(tx: Tx, delivery: Delivery, death: Death): void {
    bury(this.deps, tx, delivery, death);
  }

  async #afterFailure(error: unknown, delivery: Delivery, key: string, options: TakeOptions): Promise<Taken> {
    if (error instanceof TxConflict) {
      if (error.reason === SEEN_BEFORE) return 'seen';
      if (error.reason === TAKEN_ELSEWHERE) return 'elsewhere';
    }
    if (isOutage(error)) return this.#afterOutage(error, delivery, options);
    const failures = this.#failures.add(failureKey(delivery, key), this.deps.clock.now());
    const fields = {
      queue: delivery.queue,
      messageId: delivery.messageId,
      failures: failures.count,
      err: error,
    };
    this.deps.log.warn(fields, 'a message was not taken');
    if (failures.count < (this.deps.maxHandlerFailures ?? MAX_HANDLER_FAILURES)) {
      return this.#pause(failures.count, options);
    }
    return this.#giveUp(error, failures, delivery, key, options);
  }

  async #afterOutage(error: unknown, delivery: Delivery, options: TakeOptions): Promise<Taken> {
    this.deps.log.debug({ queue: delivery.queue, err: error }, 'a message waits for the database');
    const { baseMs } = this.deps.backoff ?? DEFAULT_BACKOFF;
    const now = this.deps.clock.monotonic();
    // A whole prefetch fails at once: that is one failure in a row, not two hundred.
    if (now >= this.#nextOutageAt) this.#nextOutageAt = now + baseMs * 2 ** Math.min(this.#outages++, 10);
    return this.#pause(this.#outages, options);
  }

  async #giveUp(
    error: unknown,
    failures: Failures,
    delivery: Delivery,
    key: string,
    options: TakeOptions,
  ): Promise<Taken> {
    const { db, clock, log } = this.deps;
    const tx = db.begin();
    const detail = describe(error);
    try {
      this.#claim(tx, delivery, key, options);
      const { count: attempts, firstAt } = failures;
      this.#bury(tx, delivery, { reason: 'handler-failed', detail, attempts, firstAt, now: clock.now() });
      await db.commit(tx);
      log.error(
        { queue: delivery.queue, messageId: delivery.messageId, err: error },
        'a message was given up',
      );
      this.#failures.forget(failureKey(delivery, key));
      return 'taken';
    } catch (second) {
      if (second instanceof TxConflict) return second.reason === SEEN_BEFORE ? 'seen' : 'elsewhere';
      log.error({ queue: delivery.queue, err: second }, 'a message could not be given up');
      return this.#pause(failures.count, options);
    }
  }

  async #pause(attempt: number, { signal }: TakeOptions): Promise<Taken> {
    await sleep(this.deps.clock, backoffMs(attempt, this.deps.backoff ?? DEFAULT_BACKOFF), signal);
    return 'retry';
  }
}

/** Adds the dead letter, and its copy for the dead-letter queue where there is one. */
export function bury(
  { deadLetters, outbox, hasDeadQueue }: Pick<DeliveryTakerDeps, 'deadLetters' | 'outbox' | 'hasDeadQueue'>,
  tx: Tx,
  delivery: Delivery,
  death: Death,
): void {
  deadLetters.add(tx, deadLetterOf(delivery, death));
  if (hasDeadQueue(delivery.queue)) outbox.add(tx, deadMessageOf(delivery, death));
}

function failureKey(delivery: Delivery, key: string): string {
  return `${delivery.queue} ${key}`;
}

/** Nothing that the message can help: a database away or overloaded, or a limit that the handler ran into. */
export function isOutage(error: unknown): boolean {
  return error instanceof AppError && error.retryable;
}

/** For the dead letter: an unexpected error's message may hold anything, so only its name is shown. */
function describe(error: unknown): string {
  if (error instanceof AppError || error instanceof TxConflict) return messageOf(error);
  return `unexpected ${error instanceof Error ? error.name : typeof error}; the log has it`;
}
