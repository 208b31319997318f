import { randomUUID } from 'node:crypto';
import type { Connection, Publisher } from 'rabbitmq-client';
import { messageOf } from '../kernel/errors.js';
import { CliError, interrupted } from './cli-error.js';
import { EXIT } from './exit-codes.js';
import type { JobMessage } from './job-messages.js';
import { ReportAnswers } from './report-answers.js';
import type { JobOutcome } from './run-jobs.js';
import { printable } from './terminal-text.js';

export interface ProducerOptions {
  inQueue: string;
  /** Read the answers here; without it a private queue is asked for them. */
  outQueue: string | undefined;
  /** Longest wait for one answer. */
  timeoutMs: number;
  signal: AbortSignal;
}

/** Sends messages and waits for their answers, over one connection that it closes in the end. */
export class Producer {
  readonly answers: ReportAnswers;
  readonly #publisher: Publisher;

  constructor(
    private readonly connection: Connection,
    private readonly options: ProducerOptions,
  ) {
    this.answers = new ReportAnswers(connection, options.outQueue);
    this.#publisher = connection.createPublisher({ confirm: true });
    this.#publisher.on('basic.return', () => this.answers.fail(noQueue(options.inQueue)));
    connection.on('error', () => this.answers.fail(connectionLost()));
    options.signal.addEventListener('abort', () => this.answers.fail(interrupted()), { once: true });
  }

  /** Sends one message, persistent, and waits for its answer; rejects where that is an error. */
  async ask({ body, key }: JobMessage): Promise<JobOutcome> {
    const start = performance.now();
    const id = randomUUID();
    const { outQueue, timeoutMs } = this.options;
    const answer = this.answers.next(outQueue ? key : id, timeoutMs);
    // Looked at below; a failure while the message is still being sent must not count as unhandled.
    answer.catch(() => undefined);
    await this.#send(id, body);
    const { status, error, total_duration: durationS } = await answer;
    if (status === 'Complete' && durationS !== undefined) {
      return { latencyMs: performance.now() - start, durationS };
    }
    throw new CliError('the report failed', EXIT.failed, [printable(error ?? 'the answer does not say why')]);
  }

  /** After a failure the connection is cut, which puts back all that is not settled. */
  async close(): Promise<void> {
    if (this.answers.failed) {
      this.connection.unsafeDestroy();
      return;
    }
    await Promise.allSettled([this.answers.close(), this.#publisher.close()]);
    await this.connection.close();
  }

  async #send(id: string, body: string): Promise<void> {
    const { replyTo } = this.answers;
    const envelope = {
      routingKey: this.options.inQueue,
      mandatory: true,
      durable: true,
      contentType: 'application/json',
      messageId: id,
      correlationId: id,
      ...(replyTo ? { replyTo } : {}),
    };
    try {
      await this.#publisher.send(envelope, Buffer.from(body));
    } catch (error) {
      throw new CliError(`RabbitMQ did not take a message: ${printable(messageOf(error))}`, EXIT.unreachable);
    }
  }
}

function noQueue(queue: string): CliError {
  const hint = 'is the service running with this RabbitMQ?';
  return new CliError(`there is no queue ${printable(queue)}; ${hint}`, EXIT.unreachable);
}

function connectionLost(): CliError {
  return new CliError(
    'the connection to RabbitMQ was lost; what was sent is worked on all the same',
    EXIT.unreachable,
  );
}
