import { AMQPError, type Channel } from 'rabbitmq-client';
import type { ExchangeDeclaration, QueueDeclaration } from './broker.js';

/** Codes with which a server says that something is there, but not as declared, or not for us to declare. */
const AS_IT_IS = new Set(['PRECONDITION_FAILED', 'ACCESS_REFUSED', 'RESOURCE_LOCKED']);

export interface DeclareOptions {
  open: () => Promise<Channel>;
  /** Called for what exists already with other arguments, or may not be declared by us, and is used as it is. */
  onExisting: (what: string) => void;
}

type Step = (channel: Channel) => Promise<unknown>;

/**
 * Declares exchanges, queues and bindings: durable, classic, without arguments. Rejects when one can neither be
 * declared nor found.
 */
export async function declareTopology(
  exchanges: readonly ExchangeDeclaration[],
  queues: readonly QueueDeclaration[],
  options: DeclareOptions,
): Promise<void> {
  const declarer = new Declarer(options);
  try {
    for (const { exchange, type } of exchanges) {
      if (exchange.startsWith('amq.')) continue;
      await declarer.either(
        `exchange ${exchange}`,
        (channel) => channel.exchangeDeclare({ exchange, type, durable: true }),
        (channel) => channel.exchangeDeclare({ exchange, type, passive: true }),
      );
    }
    for (const { queue, bindings = [] } of queues) {
      await declarer.either(
        `queue ${queue}`,
        (channel) => channel.queueDeclare({ queue, durable: true }),
        (channel) => channel.queueDeclare({ queue, passive: true }),
      );
      for (const { exchange, routingKey } of bindings) {
        const what = `binding of queue ${queue} to exchange ${exchange}`;
        await declarer.either(what, (channel) => channel.queueBind({ queue, exchange, routingKey }));
      }
    }
  } finally {
    await declarer.close();
  }
}

/** A refused step closes its channel, so the next one opens another. */
class Declarer {
  #channel: Channel | undefined;

  constructor(private readonly options: DeclareOptions) {}

  async either(what: string, declare: Step, find?: Step): Promise<void> {
    try {
      await declare(await this.#open());
    } catch (error) {
      if (!AS_IT_IS.has(codeOf(error) ?? '')) throw error;
      await find?.(await this.#open());
      this.options.onExisting(what);
    }
  }

  async close(): Promise<void> {
    await this.#channel?.close();
  }

  async #open(): Promise<Channel> {
    if (!this.#channel?.active) this.#channel = await this.options.open();
    return this.#channel;
  }
}

/** `NOT_FOUND`, `ECONNREFUSED`: what an error of the client or the system says of itself. */
export function codeOf(error: unknown): string | undefined {
  if (error instanceof AMQPError) return error.code;
  const code = error instanceof Error ? (error as NodeJS.ErrnoException).code : undefined;
  return typeof code === 'string' ? code : undefined;
}
