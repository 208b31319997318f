import { type Clock, sleep } from '../../kernel/clock.js';
import { AppError } from '../../kernel/errors.js';
import type { Logger } from '../../kernel/logger.js';
import type { PartState } from '../../kernel/part-state.js';
import type { Tx } from '../../kernel/tx.js';
import type { Database } from '../db/database.js';
import { type Backoff, backoffMs } from './backoff.js';
import type { Broker, Consumption, News, OutgoingMessage, PublishOutcome } from './broker.js';
import type { DeadLetterBox } from './dead-letters.js';
import { DeclaredTopology } from './declared-topology.js';
import { EmbeddedBatchConsumption } from './embedded-batch-consumption.js';
import { EmbeddedConsumption, queueChannel } from './embedded-consumption.js';
import { EmbeddedQueues } from './embedded-queue.js';
import { EmbeddedStreams } from './embedded-streams.js';
import { EmbeddedWriter } from './embedded-writer.js';
import { checkSendable } from './sendable.js';
import { createOutbox } from './outbox.js';
import { QueueDepths } from './queue-depths.js';
import { Routes } from './routing.js';
import { BatchTaker } from './take-batch.js';
import { DeliveryTaker } from './take-delivery.js';

export interface EmbeddedBrokerOptions {
  db: Database;
  clock: Clock;
  log: Logger;
  /** Takes what is given up. */
  deadLetters: DeadLetterBox;
  /** Messages that a queue may hold; `publish` rejects `too-many` beyond it. Default 1,000,000. */
  maxQueueLength?: number;
  /** How often a consumer looks without having been nudged. Default 1,000 ms. */
  pollMs?: number;
  /** Pause before a message is given back. Default 100 ms doubling to 5 s. */
  backoff?: Backoff;
}

/**
 * The broker port over tables of the database: nothing else to install, and nothing lost by `kill -9`, as a message
 * leaves its queue in the transaction of its consumer. With PostgreSQL several processes may consume one queue;
 * each message is taken by one of them. Streams stay in memory, and in the process.
 */
export function createEmbeddedBroker(options: EmbeddedBrokerOptions): Broker {
  return new EmbeddedBroker(options);
}

class EmbeddedBroker implements Broker {
  readonly kind = 'embedded';
  readonly #topology = new DeclaredTopology();
  readonly #routes = new Routes();
  readonly #streams: EmbeddedStreams;
  readonly #queues: EmbeddedQueues;
  readonly #depths: QueueDepths;
  readonly #writer: EmbeddedWriter;
  readonly #taker: DeliveryTaker;
  readonly #batchTaker: BatchTaker;
  readonly #consumptions = new Set<Consumption>();
  readonly #stopping = new AbortController();
  readonly #started: Promise<number>;
  #begin!: (newest: number) => void;
  #starting: Promise<void> | undefined;

  constructor(private readonly options: EmbeddedBrokerOptions) {
    const { db, clock, log, deadLetters, maxQueueLength = 1_000_000, backoff } = options;
    this.#queues = new EmbeddedQueues(db);
    this.#streams = new EmbeddedStreams(log);
    this.#writer = new EmbeddedWriter(db);
    this.#depths = new QueueDepths(this.#queues, clock, maxQueueLength);
    this.#started = new Promise((resolve) => (this.#begin = resolve));
    const takerDeps = {
      db,
      clock,
      log,
      deadLetters,
      outbox: createOutbox(db, clock),
      hasDeadQueue: (queue: string) => this.#topology.hasDeadQueue(queue),
      ...(backoff ? { backoff } : {}),
    };
    this.#taker = new DeliveryTaker(takerDeps);
    this.#batchTaker = new BatchTaker(takerDeps, this.#taker);
  }

  declare(topology: Parameters<Broker['declare']>[0]): void {
    this.#routes.add(this.#topology.add(topology));
    this.#streams.add(topology);
  }

  consume(...[options, handler]: Parameters<Broker['consume']>): Consumption {
    return this.#tracked(
      new EmbeddedConsumption({ ...this.#consuming(), taker: this.#taker }, options, handler),
    );
  }

  consumeBatches(...[options, handler]: Parameters<Broker['consumeBatches']>): Consumption {
    return this.#tracked(
      new EmbeddedBatchConsumption({ ...this.#consuming(), taker: this.#batchTaker }, options, handler),
    );
  }

  #consuming() {
    const { db, clock, log, pollMs = 1_000 } = this.options;
    const onRemoved = (queue: string): void => this.#depths.removed(queue);
    return { db, clock, log, queues: this.#queues, started: this.#started, onRemoved, pollMs };
  }

  #tracked(consumption: Consumption): Consumption {
    this.#consumptions.add(consumption);
    return {
      stop: async () => {
        await consumption.stop();
        this.#consumptions.delete(consumption);
      },
    };
  }

  listen(...[stream, handler]: Parameters<Broker['listen']>): Consumption {
    return this.#streams.listen(this.#topology.stream(stream), handler);
  }

  tell(news: News): boolean {
    if (!this.#starting || this.#stopping.signal.aborted) return false;
    this.#streams.tell(news);
    return true;
  }

  async publish(message: OutgoingMessage): Promise<PublishOutcome> {
    checkSendable(message);
    if (!this.#starting || this.#stopping.signal.aborted) throw away();
    const queues = this.#routes.match(message.exchange, message.routingKey);
    if (queues.length === 0) return 'unroutable';
    await this.#depths.reserve(queues);
    try {
      await this.#writer.write((tx) => this.#add(tx, queues, message));
    } catch (error) {
      for (const queue of queues) this.#depths.removed(queue);
      throw error;
    }
    return 'routed';
  }

  #add(tx: Tx, queues: readonly string[], message: OutgoingMessage): void {
    for (const queue of queues) {
      this.#queues.add(tx, queue, message);
      this.options.db.nudgeAfter(tx, queueChannel(queue));
    }
  }

  async depth(queue: string): Promise<number | null> {
    if (!this.#routes.has(queue)) return null;
    return this.#queues.depth(queue).catch(() => null);
  }

  state(): PartState {
    return this.#starting ? this.options.db.state() : { status: 'starting' };
  }

  start(): Promise<void> {
    this.#starting ??= Promise.resolve(void this.#look());
    return this.#starting;
  }

  async connected(timeoutMs: number): Promise<boolean> {
    const late = new AbortController();
    const inTime = await Promise.race([
      this.#started.then(() => true),
      sleep(this.options.clock, timeoutMs, late.signal).then(() => false),
    ]);
    late.abort();
    return inTime;
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await Promise.all([...this.#consumptions].map((consumption) => consumption.stop()));
    this.#consumptions.clear();
    await this.#writer.idle();
  }

  /** What is there before the first consumer may have been delivered by an earlier process. */
  async #look(): Promise<void> {
    for (let attempt = 1; !this.#stopping.signal.aborted; attempt++) {
      try {
        this.#begin(await this.#queues.newest());
        return;
      } catch (error) {
        this.options.log.debug({ err: error }, 'the embedded broker waits for its database');
        const pause = backoffMs(attempt, { baseMs: 100, capMs: 5_000 });
        await sleep(this.options.clock, pause, this.#stopping.signal);
      }
    }
  }
}

function away(): AppError {
  return new AppError('the broker is not running', { code: 'broker.away', kind: 'unavailable' });
}
