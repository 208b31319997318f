import { connect } from 'amqplib';
import type { Channel, ChannelModel, ConsumeMessage } from 'amqplib';

/** Whether the same answer goes out twice, or none at all. */
export type Script = (body: Record<string, unknown>) => 'complete' | 'error' | 'twice' | 'silent';

/** Answers `task_report` in `ready_report`, and where `reply_to` says, by a library that the product does not use. */
export class ScriptedReporter {
  readonly seen: ConsumeMessage[] = [];
  script: Script = () => 'complete';

  private constructor(
    private readonly connection: ChannelModel,
    readonly channel: Channel,
  ) {}

  static async start(url: string): Promise<ScriptedReporter> {
    const connection = await connect(url);
    const channel = await connection.createChannel();
    const reporter = new ScriptedReporter(connection, channel);
    for (const queue of ['task_report', 'ready_report']) await channel.assertQueue(queue, { durable: true });
    await channel.consume('task_report', (message) => reporter.#answer(message));
    return reporter;
  }

  /** Takes the bodies that are in the queue now. */
  async drain(queue: string): Promise<string[]> {
    const bodies: string[] = [];
    for (;;) {
      const message = await this.channel.get(queue, { noAck: true });
      if (!message) return bodies;
      bodies.push(message.content.toString());
    }
  }

  async stop(): Promise<void> {
    await this.connection.close();
  }

  #answer(message: ConsumeMessage | null): void {
    if (!message) return;
    this.seen.push(message);
    this.channel.ack(message);
    const text = message.content.toString();
    const id = /"correlation_id":\s*("[^"]*"|\d+)/.exec(text)?.[1] ?? 'null';
    const outcome = this.script(JSON.parse(text) as Record<string, unknown>);
    const ending =
      outcome === 'error'
        ? '"status":"Error","error":"no such phone"'
        : '"status":"Complete","total_duration":0.5';
    if (outcome === 'silent') return;
    for (let copy = outcome === 'twice' ? 2 : 1; copy > 0; copy--) {
      this.#send(message, Buffer.from(`{"correlation_id":${id},${ending}}`));
    }
  }

  #send({ properties }: ConsumeMessage, body: Buffer): void {
    const options = { contentType: 'application/json', persistent: true };
    this.channel.sendToQueue('ready_report', body, options);
    const { replyTo, correlationId } = properties as { replyTo?: string; correlationId?: string };
    if (replyTo && correlationId) this.channel.sendToQueue(replyTo, body, { ...options, correlationId });
  }
}
