import type { PartState } from '../../kernel/part-state.js';
import type { OutgoingMessage } from '../../kernel/outbox.js';
import type { Tx } from '../../kernel/tx.js';

export type { OutgoingMessage } from '../../kernel/outbox.js';

/** `routed`: confirmed by the broker and in a queue. `unroutable`: confirmed, but no queue takes it. */
export type PublishOutcome = 'routed' | 'unroutable';

export interface Delivery {
  queue: string;
  /** The bytes as they came, whatever the content type says. */
  body: Buffer;
  messageId: string | undefined;
  correlationId: string | undefined;
  replyTo: string | undefined;
  type: string | undefined;
  contentType: string | undefined;
  headers: Readonly<Record<string, unknown>>;
  redelivered: boolean;
  /** How it is stored; a handler gets the body open. */
  sealed?: true;
}

/**
 * | settlement | what happens |
 * | `taken` | the transaction is committed, then the message acknowledged |
 * | `dead` | the transaction, a dead-letter row and a message to `<queue>.dead` with reason headers are committed, then acknowledged |
 * | the handler throws, or the commit fails | nothing is committed; the message is requeued after a pause |
 * | the handler has thrown 5 times for this message | as `dead`, with reason `handler-failed` |
 * | seen before (inbox) | nothing is committed; acknowledged |
 */
export type Settlement = { kind: 'taken' } | { kind: 'dead'; reason: string; detail: string };

/**
 * Looks at a delivery and adds what it makes of it to `tx`; it does not do the work and does not commit.
 * Short: it blocks its share of the prefetch.
 */
export type DeliveryHandler = (delivery: Delivery, tx: Tx) => Settlement | Promise<Settlement>;

export interface ConsumeOptions {
  queue: string;
  /** Deliveries handled at once, and the broker's prefetch. */
  prefetch: number;
}

/**
 * Looks at many deliveries of a queue at once and adds what it makes of them to one transaction. Answers with a settlement
 * for each, in their order; the table above holds for each, with these differences:
 *
 * | what happened | what follows |
 * | the handler throws, or the commit fails | the halves are tried each for itself, down to the one that is at fault; that one is as above |
 * | the database is away | nothing is committed; the same deliveries are tried again after a pause |
 * | delivered again, and taken before | left out, acknowledged; equal ids that were published twice are two deliveries |
 *
 * The handler may be called again for the same deliveries, and must not take more than some milliseconds at a stretch.
 */
export type BatchHandler = (
  deliveries: readonly Delivery[],
  tx: Tx,
) => readonly Settlement[] | Promise<readonly Settlement[]>;

export interface BatchOptions {
  queue: string;
  /** Deliveries in hand at most, waiting ones among them, and the broker's prefetch: twice `most` keeps both sides busy. */
  prefetch: number;
  /** Deliveries of one batch at most. */
  most: number;
  /** Bytes of their bodies together at most, but for a first one that is larger. */
  mostBytes: number;
}

export interface Consumption {
  /** Takes no more deliveries, and resolves when those in hand are settled. */
  stop(): Promise<void>;
}

/** A direct binding of a durable queue; what exists already is used as it is. */
export interface QueueDeclaration {
  queue: string;
  bindings?: readonly { exchange: string; routingKey: string }[];
}

export interface ExchangeDeclaration {
  exchange: string;
  type: 'direct' | 'topic';
}

/**
 * A queue of this process alone, for news that may be lost: it begins empty, is gone with its connection, and where
 * the process does not keep up the oldest messages give way. Every replica that declares it has its own.
 */
export interface StreamDeclaration {
  /** What the process calls it. */
  stream: string;
  bindings: readonly { exchange: string; routingKey: string }[];
  /** Messages that wait at most. */
  maxLength: number;
}

export interface Topology {
  exchanges: readonly ExchangeDeclaration[];
  /** Each gets a `<queue>.dead` beside it where `deadLetters` says so. */
  queues: readonly (QueueDeclaration & { deadLetters?: boolean })[];
  streams?: readonly StreamDeclaration[];
}

/** A message that is worth something now or not at all. */
export interface News {
  exchange: string;
  routingKey: string;
  body: Buffer;
  type?: string;
}

/** Takes a message of a stream: at once, and without a way to refuse it. */
export type NewsHandler = (news: { routingKey: string; body: Buffer }) => void;

/**
 * The broker port. Adapters: RabbitMQ, and an embedded one whose queues are rows of the database,
 * removed in the consumer's own transaction.
 */
export interface Broker {
  readonly kind: 'rabbitmq' | 'embedded';
  /** Added to what is declared at each (re)connection. Call before `start`. */
  declare(topology: Topology): void;
  /** May be called before the connection is there; goes on by itself after a lost one. */
  consume(options: ConsumeOptions, handler: DeliveryHandler): Consumption;
  /** Likewise with a group commit: one batch at a time, in the order of the queue, acknowledged when it is committed. */
  consumeBatches(options: BatchOptions, handler: BatchHandler): Consumption;
  /**
   * Resolves when the broker has confirmed. Rejects with `AppError`: `unavailable` when the broker is away or does not
   * confirm in time, `too-many` when too much is in flight or the queue is full, `invalid` or `too-large` for a message
   * that no broker takes, `forbidden` when the broker refused it.
   */
  publish(message: OutgoingMessage): Promise<PublishOutcome>;
  /** Reads a stream of the declared topology; may be called before the connection is there, and outlives a lost one. */
  listen(stream: string, handler: NewsHandler): Consumption;
  /**
   * Tells whoever listens, without confirm and without keeping it. False where it is known to be lost: the broker is
   * away, or takes messages more slowly than they come.
   */
  tell(news: News): boolean;
  /** Messages ready in the queue; null when that cannot be told (no such queue, broker away). */
  depth(queue: string): Promise<number | null>;
  state(): PartState;
  /** Starts connecting and returns; the broker may come later. */
  start(): Promise<void>;
  /** Resolves when first connected with its topology declared, or after `timeoutMs` (then false). */
  connected(timeoutMs: number): Promise<boolean>;
  stop(): Promise<void>;
}
