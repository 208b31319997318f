import { ConsumerStatus } from 'rabbitmq-client';
import type { AsyncMessage, Connection, Consumer } from 'rabbitmq-client';
import { CliError } from './cli-error.js';
import { EXIT } from './exit-codes.js';
import { correlationKey } from './job-messages.js';
import { printable } from './terminal-text.js';

/** An answer as the contract of the queues says. */
export interface ReportAnswer {
  status?: string;
  error?: string;
  /** Seconds. */
  total_duration?: number;
}

interface Waiter {
  resolve: (answer: ReportAnswer) => void;
  reject: (error: CliError) => void;
}

/** Messages of others that are held until the end, at most. */
const MOST_FOREIGN = 10_000;
const MOST_UNSETTLED = 65_535;

/**
 * Reads answers and hands each to whoever waits for it.
 *
 * | message | what happens |
 * |---|---|
 * | an answer that is waited for | acknowledged |
 * | a second answer to the same question | acknowledged, counted |
 * | anything else in the out queue | held unsettled, and put back in its place at the end |
 */
export class ReportAnswers {
  readonly #waiting = new Map<string, Waiter[]>();
  readonly #answered = new Set<string>();
  readonly #consumer: Consumer;
  readonly #queue: string;
  #failure: CliError | undefined;
  #reject: (error: CliError) => void = () => undefined;
  readonly #failed = new Promise<never>((_resolve, reject) => (this.#reject = reject));
  #foreign = 0;
  #release: () => void = () => undefined;
  readonly #released = new Promise<void>((resolve) => (this.#release = resolve));
  duplicates = 0;

  /** Without `outQueue`, answers come to a queue of this connection alone, by AMQP's correlation id. */
  constructor(connection: Connection, outQueue = '') {
    this.#queue = outQueue;
    this.#consumer = connection.createConsumer(
      {
        queue: outQueue,
        queueOptions: outQueue ? { queue: outQueue, passive: true } : { exclusive: true, autoDelete: true },
        qos: { prefetchCount: MOST_UNSETTLED },
      },
      (message) => this.#take(message),
    );
    this.#consumer.on('error', (error) => this.fail(consumerError(error, outQueue)));
    this.#failed.catch(() => undefined);
  }

  /** Resolves when answers can come. */
  async ready(): Promise<void> {
    const ready = new Promise<void>((resolve) => this.#consumer.once('ready', resolve));
    await Promise.race([ready, this.#failed]);
  }

  get failed(): boolean {
    return this.#failure !== undefined;
  }

  /** Where answers are to go by `reply_to`; `undefined` where the out queue is read. */
  get replyTo(): string | undefined {
    return this.#queue ? undefined : this.#consumer.queue;
  }

  /** The answer to the question known by `key`. Call it before the question is sent. */
  next(key: string, timeoutMs: number): Promise<ReportAnswer> {
    if (this.#failure) return Promise.reject(this.#failure);
    return new Promise((resolve, reject) => {
      const late = new CliError(`no answer in ${timeoutMs / 1000} s`, EXIT.temporary);
      const timer = setTimeout(() => reject(late), timeoutMs);
      const waiter: Waiter = {
        resolve: (answer) => {
          clearTimeout(timer);
          resolve(answer);
        },
        reject: (error) => {
          clearTimeout(timer);
          reject(error);
        },
      };
      const waiters = this.#waiting.get(key);
      if (waiters) waiters.push(waiter);
      else this.#waiting.set(key, [waiter]);
    });
  }

  /** No further answer can come, or matters. The first reason counts. */
  fail(error: CliError): void {
    this.#failure ??= error;
    this.#reject(this.#failure);
    const waiters = [...this.#waiting.values()].flat();
    this.#waiting.clear();
    for (const waiter of waiters) waiter.reject(this.#failure);
  }

  /** Puts back what was not ours. */
  async close(): Promise<void> {
    this.#release();
    await this.#consumer.close();
  }

  #take(message: AsyncMessage): ConsumerStatus | Promise<ConsumerStatus> {
    const body = bodyOf(message);
    const key = this.#queue ? correlationKey(body) : (message.correlationId ?? '');
    const waiter = this.#shift(key);
    if (!waiter && this.#queue && !this.#answered.has(key)) return this.#hold();
    if (waiter) waiter.resolve(body);
    else this.duplicates++;
    this.#answered.add(key);
    return ConsumerStatus.ACK;
  }

  #shift(key: string): Waiter | undefined {
    const waiters = this.#waiting.get(key);
    const waiter = waiters?.shift();
    if (waiters?.length === 0) this.#waiting.delete(key);
    return waiter;
  }

  async #hold(): Promise<ConsumerStatus> {
    if (++this.#foreign > MOST_FOREIGN) this.fail(flood(this.#queue));
    await this.#released;
    return ConsumerStatus.REQUEUE;
  }
}

/** rabbitmq-client has parsed the body where its content type said so. */
function bodyOf({ body }: AsyncMessage): ReportAnswer {
  try {
    const value: unknown =
      Buffer.isBuffer(body) || typeof body === 'string' ? JSON.parse(body.toString()) : body;
    return typeof value === 'object' && value !== null ? value : {};
  } catch {
    return {};
  }
}

function consumerError(error: unknown, queue: string): CliError {
  const code = (error as { code?: unknown } | null)?.code;
  if (code === 'NOT_FOUND') return new CliError(`there is no queue ${printable(queue)}`, EXIT.unreachable);
  if (code === 'ACCESS_REFUSED')
    return new CliError(`queue ${printable(queue)} may not be read`, EXIT.notAllowed);
  return new CliError('answers can no longer be read: the connection to RabbitMQ was lost', EXIT.unreachable);
}

function flood(queue: string): CliError {
  const much = `${printable(queue)} holds more than ${MOST_FOREIGN} answers to others, which would be held up`;
  return new CliError(`${much}; try without --drain-out`, EXIT.unreachable);
}
