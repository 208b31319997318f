import { type Clock, sleep } from '../../kernel/clock.js';
import { AppError } from '../../kernel/errors.js';
import type { Logger } from '../../kernel/logger.js';
import type { PartState } from '../../kernel/part-state.js';
import type { Database } from '../db/database.js';
import type { Backoff } from './backoff.js';
import type {
  Broker,
  ConsumeOptions,
  Consumption,
  News,
  OutgoingMessage,
  PublishOutcome,
  Topology,
} from './broker.js';
import type { DeadLetterBox } from './dead-letters.js';
import { DeclaredTopology } from './declared-topology.js';
import { createOutbox } from './outbox.js';
import { RabbitConsumption } from './rabbit-consumption.js';
import { BatchIntake, type RabbitIntake, SingleIntake } from './rabbit-intake.js';
import { RabbitLink } from './rabbit-link.js';
import { RabbitListening } from './rabbit-listening.js';
import { RabbitPublisher } from './rabbit-publisher.js';
import { RabbitTeller } from './rabbit-teller.js';
import { BatchTaker } from './take-batch.js';
import { DeliveryTaker } from './take-delivery.js';

export interface RabbitBrokerOptions {
  /** `amqp://` or `amqps://`, with the virtual host as its path. Never logged. */
  url: string;
  /** Holds the inbox and the outbox. */
  db: Database;
  clock: Clock;
  log: Logger;
  /** Takes what is given up. */
  deadLetters: DeadLetterBox;
  /** For one attempt to connect. Default 10,000 ms. */
  connectTimeoutMs?: number;
  /** For the confirm of one message. Default 10,000 ms. */
  confirmTimeoutMs?: number;
  /** Messages that may wait for their confirm. Default 10,000. */
  maxInFlight?: number;
  /** Pause between attempts to connect: from `low` growing to `high`, without end. Default 500 and 10,000 ms. */
  reconnectMs?: { low: number; high: number };
  /** Pause before a message is given back. Default 100 ms doubling to 5 s. */
  backoff?: Backoff;
}

/** The broker port over RabbitMQ. Throws `AppError` at once for a URL that is none. */
export function createRabbitBroker(options: RabbitBrokerOptions): Broker {
  checkUrl(options.url);
  return new RabbitBroker(options);
}

/**
 * One connection publishes, one consumes: a server short of memory blocks connections that publish, and
 * acknowledgements would be stuck behind that.
 */
class RabbitBroker implements Broker {
  readonly kind = 'rabbitmq';
  readonly #topology = new DeclaredTopology();
  readonly #publishing: RabbitLink;
  readonly #consuming: RabbitLink;
  readonly #publisher: RabbitPublisher;
  readonly #teller: RabbitTeller;
  readonly #taker: DeliveryTaker;
  readonly #batchTaker: BatchTaker;
  readonly #consumptions = new Set<Consumption>();
  readonly #warned = new Set<string>();
  #stopped = false;

  constructor(private readonly options: RabbitBrokerOptions) {
    const { db, clock, log, deadLetters, backoff } = options;
    const { confirmTimeoutMs = 10_000, maxInFlight = 10_000 } = options;
    this.#publishing = this.#link('switchyard publishing');
    this.#consuming = this.#link('switchyard consuming');
    this.#publisher = new RabbitPublisher({ link: this.#publishing, clock, confirmTimeoutMs, maxInFlight });
    this.#teller = new RabbitTeller(this.#publishing);
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

  declare(topology: Topology): void {
    this.#topology.add(topology);
  }

  consume(...[options, handler]: Parameters<Broker['consume']>): Consumption {
    return this.#consume(options, new SingleIntake(options.queue, this.#taker, handler));
  }

  consumeBatches(...[options, handler]: Parameters<Broker['consumeBatches']>): Consumption {
    const { db, clock } = this.options;
    return this.#consume(options, new BatchIntake({ db, clock, taker: this.#batchTaker }, options, handler));
  }

  #consume(options: ConsumeOptions, intake: RabbitIntake): Consumption {
    const { clock, log } = this.options;
    const consumption = new RabbitConsumption({ link: this.#consuming, clock, log }, options, intake);
    return this.#follow(consumption);
  }

  listen(...[stream, handler]: Parameters<Broker['listen']>): Consumption {
    const { clock, log } = this.options;
    const deps = { link: this.#consuming, clock, log };
    return this.#follow(new RabbitListening(deps, this.#topology.stream(stream), handler));
  }

  tell(news: News): boolean {
    return !this.#stopped && this.#teller.tell(news);
  }

  publish(message: OutgoingMessage): Promise<PublishOutcome> {
    return this.#publisher.publish(message);
  }

  async depth(queue: string): Promise<number | null> {
    if (!this.#consuming.ready) return null;
    try {
      const channel = await this.#consuming.open();
      const found = await channel.queueDeclare({ queue, passive: true }).finally(() => channel.close());
      return found.messageCount;
    } catch {
      return null;
    }
  }

  state(): PartState {
    const [publishing, consuming] = [this.#publishing.state(), this.#consuming.state()];
    return consuming.status === 'ok' ? publishing : consuming;
  }

  start(): Promise<void> {
    if (!this.#stopped) {
      this.#publishing.start();
      this.#consuming.start();
    }
    return Promise.resolve();
  }

  async connected(timeoutMs: number): Promise<boolean> {
    const late = new AbortController();
    const both = Promise.all([
      this.#publishing.whenReady(late.signal),
      this.#consuming.whenReady(late.signal),
    ]);
    await Promise.race([both, sleep(this.options.clock, timeoutMs, late.signal)]);
    late.abort();
    return this.#publishing.ready && this.#consuming.ready;
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    await Promise.all([...this.#consumptions].map((consumption) => consumption.stop()));
    this.#consumptions.clear();
    const channels = Promise.all([this.#publisher.stop(), this.#teller.stop()]).then(() => undefined);
    await Promise.all([this.#publishing.stop(channels), this.#consuming.stop()]);
  }

  #follow(consumption: Consumption): Consumption {
    this.#consumptions.add(consumption);
    return {
      stop: async () => {
        await consumption.stop();
        this.#consumptions.delete(consumption);
      },
    };
  }

  #link(name: string): RabbitLink {
    const { url, clock, log, connectTimeoutMs = 10_000 } = this.options;
    const { reconnectMs = { low: 500, high: 10_000 } } = this.options;
    const topology = this.#topology;
    const onExisting = (what: string): void => this.#warnOnce(what);
    return new RabbitLink({ url, name, topology, onExisting, clock, log, connectTimeoutMs, reconnectMs });
  }

  #warnOnce(what: string): void {
    if (this.#warned.has(what)) return;
    this.#warned.add(what);
    this.options.log.warn(
      { what },
      'exists already with other arguments, or may not be declared; used as it is',
    );
  }
}

/** Here, because the URL parser's own error carries its input, password and all. */
function checkUrl(url: string): void {
  if (URL.canParse(url) && /^amqps?:$/.test(new URL(url).protocol)) return;
  throw new AppError('the RabbitMQ URL must start with amqp:// or amqps:// and be a URL', {
    code: 'broker.url-invalid',
    kind: 'invalid',
  });
}
