import { type ConfirmChannel, type ConsumeMessage, connect, type Options } from 'amqplib';

/** A client of the broker that shares no code with the product. */
export interface AmqpClient {
  readonly channel: ConfirmChannel;
  /** Persistent; resolves when the broker has confirmed them all. */
  send(queue: string, bodies: readonly (string | Buffer)[], options?: Options.Publish): Promise<void>;
  /** What has come into a queue so far; it grows. */
  read(queue: string): Promise<ConsumeMessage[]>;
  close(): Promise<void>;
}

/** With the queues declared as its users know them: classic, durable, without arguments. */
export async function amqpClient(url: string, queues: readonly string[] = []): Promise<AmqpClient> {
  const connection = await connect(url);
  connection.on('error', () => undefined);
  const channel = await connection.createConfirmChannel();
  channel.on('error', () => undefined);
  for (const queue of queues) await channel.assertQueue(queue, { durable: true });
  return {
    channel,
    async send(queue, bodies, options = {}) {
      for (const body of bodies) {
        channel.sendToQueue(queue, Buffer.from(body), { persistent: true, ...options });
      }
      await channel.waitForConfirms();
    },
    async read(queue) {
      const messages: ConsumeMessage[] = [];
      await channel.consume(queue, (message) => void (message && messages.push(message)), { noAck: true });
      return messages;
    },
    close: () => connection.close().catch(() => undefined),
  };
}
