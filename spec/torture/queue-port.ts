import { connect, type ChannelModel, type ConfirmChannel } from 'amqplib';
import { systemClock } from '../../src/kernel/clock.js';
import { createDeadLetterBox, createEmbeddedBroker } from '../../src/platform/broker/index.js';
import { createSqliteDatabase } from '../../src/platform/db/sqlite-database.js';
import { silentLog } from '../support/silent-log.js';
import type { DatabaseTruth } from './database-truth.js';

/** A message as it was found in a queue. */
export interface Found {
  messageId: string;
  body: string;
  headers: Record<string, unknown>;
}

/** What a client of the queues does. */
export interface QueuePort {
  /** Sends messages; resolves to the keys of those that are known to have arrived. Never rejects. */
  send(queue: string, messages: readonly { key: string; body: string }[]): Promise<string[]>;
  /** Messages that wait. */
  depth(queue: string): Promise<number>;
  /** Takes everything out. */
  takeAll(queue: string): Promise<Found[]>;
  close(): Promise<void>;
}

const CONFIRMED_WITHIN_MS = 5_000;

/** Over AMQP, by a client that shares no code with the service. */
export class AmqpPort implements QueuePort {
  #connection: ChannelModel | undefined;

  /** @param url through the proxy, so that its connections are cut too */
  constructor(private readonly url: string) {}

  async send(queue: string, messages: readonly { key: string; body: string }[]): Promise<string[]> {
    try {
      const channel = await this.#channel();
      const closed = new Promise<false>((resolve) => channel.once('close', () => resolve(false)));
      const confirmed = messages.map((message) => publish(channel, queue, message));
      const late = AbortSignal.timeout(CONFIRMED_WITHIN_MS);
      const tooLate = new Promise<false>((resolve) => late.addEventListener('abort', () => resolve(false)));
      const outcomes = await Promise.all(confirmed.map((one) => Promise.race([one, closed, tooLate])));
      await channel.close().catch(() => undefined);
      return messages.filter((_, i) => outcomes[i]).map(({ key }) => key);
    } catch {
      await this.close();
      return [];
    }
  }

  async depth(queue: string): Promise<number> {
    const channel = await this.#channel();
    const { messageCount } = await channel.checkQueue(queue);
    await channel.close();
    return messageCount;
  }

  async takeAll(queue: string): Promise<Found[]> {
    const channel = await this.#channel();
    const found: Found[] = [];
    for (;;) {
      const message = await channel.get(queue, { noAck: true });
      if (!message) break;
      const { messageId, headers } = message.properties as Partial<Found>;
      found.push({ messageId: messageId ?? '', body: message.content.toString(), headers: headers ?? {} });
    }
    await channel.close();
    return found;
  }

  async close(): Promise<void> {
    const connection = this.#connection;
    this.#connection = undefined;
    await connection?.close().catch(() => undefined);
  }

  async #channel(): Promise<ConfirmChannel> {
    if (!this.#connection) {
      const connection = await connect(this.url, { timeout: CONFIRMED_WITHIN_MS });
      connection.on('error', () => undefined);
      connection.on('close', () => {
        if (this.#connection === connection) this.#connection = undefined;
      });
      this.#connection = connection;
    }
    const channel = await this.#connection.createConfirmChannel();
    channel.on('error', () => undefined);
    return channel;
  }
}

function publish(
  channel: ConfirmChannel,
  queue: string,
  { key, body }: { key: string; body: string },
): Promise<boolean> {
  return new Promise((resolve) => {
    const options = { persistent: true, messageId: key, contentType: 'application/json' };
    channel.sendToQueue(queue, Buffer.from(body), options, (error) => resolve(error === null));
  });
}

/** Over the tables of the embedded broker, opened for a short visit as the command line does it. */
export class EmbeddedPort implements QueuePort {
  constructor(
    private readonly file: string,
    private readonly truth: DatabaseTruth,
  ) {}

  async send(queue: string, messages: readonly { key: string; body: string }[]): Promise<string[]> {
    const db = createSqliteDatabase({
      file: this.file,
      clock: systemClock,
      log: silentLog,
      exclusive: false,
    });
    const broker = createEmbeddedBroker({
      db,
      clock: systemClock,
      log: silentLog,
      deadLetters: createDeadLetterBox(db),
    });
    broker.declare({ exchanges: [], queues: [{ queue }] });
    try {
      await db.start();
      await broker.start();
      const sent = await Promise.allSettled(
        messages.map(({ key, body }) =>
          broker.publish({
            exchange: '',
            routingKey: queue,
            messageId: key,
            body: Buffer.from(body),
            timestampMs: systemClock.now(),
          }),
        ),
      );
      return messages.filter((_, i) => sent[i]?.status === 'fulfilled').map(({ key }) => key);
    } catch {
      return [];
    } finally {
      await broker.stop();
      await db.stop();
    }
  }

  async depth(queue: string): Promise<number> {
    const [row] = await this.truth.rows<{ depth: number }>(
      `select count(*) as depth from broker_messages where queue = '${queue}'`,
    );
    return row!.depth;
  }

  async takeAll(queue: string): Promise<Found[]> {
    const rows = await this.truth.rows<{ envelope: string; body: Buffer }>(
      `select envelope, body from broker_messages where queue = '${queue}' order by id`,
    );
    return rows.map(({ envelope, body }) => {
      const { messageId, headers = {} } = JSON.parse(envelope) as Partial<Found>;
      return { messageId: messageId!, body: body.toString(), headers };
    });
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}
