import { AMQPError } from 'rabbitmq-client';
import type { Channel, Connection } from 'rabbitmq-client';

/** What the broker says of a queue or an exchange. */
export type Probe =
  | { kind: 'missing' }
  /** As we declare it. */
  | { kind: 'same'; messages: number; consumers: number }
  /** There, with other arguments; the broker names the first one that differs. */
  | { kind: 'different'; detail: string; messages: number; consumers: number }
  /** We may not look at it, or nobody but its owner. */
  | { kind: 'refused'; code: string; detail: string };

/** Looks first whether it is there: to declare what is missing would make it. */
export async function probeQueue(connection: Connection, queue: string): Promise<Probe> {
  const there = await attempt(connection, (channel) => channel.queueDeclare({ queue, passive: true }));
  if (there instanceof AMQPError) return refusalOf(there);
  const { messageCount: messages, consumerCount: consumers } = there;
  const same = await attempt(connection, (channel) => channel.queueDeclare({ queue, durable: true }));
  if (!(same instanceof AMQPError)) return { kind: 'same', messages, consumers };
  if (same.code !== 'PRECONDITION_FAILED') return refusalOf(same);
  return { kind: 'different', detail: saidIn(same), messages, consumers };
}

export async function probeExchange(
  connection: Connection,
  { exchange, type }: { exchange: string; type: string },
): Promise<Probe> {
  const nothing = { messages: 0, consumers: 0 };
  const there = await attempt(connection, (channel) => channel.exchangeDeclare({ exchange, passive: true }));
  if (there instanceof AMQPError) return refusalOf(there);
  const same = await attempt(connection, (channel) =>
    channel.exchangeDeclare({ exchange, type, durable: true }),
  );
  if (!(same instanceof AMQPError)) return { kind: 'same', ...nothing };
  return same.code === 'PRECONDITION_FAILED'
    ? { kind: 'different', detail: saidIn(same), ...nothing }
    : refusalOf(same);
}

/** On a channel of its own, as a refusal closes it. */
async function attempt<T>(
  connection: Connection,
  step: (channel: Channel) => Promise<T>,
): Promise<T | AMQPError> {
  const channel = await connection.acquire({ emitErrorsFromChannel: true });
  channel.on('error', () => undefined);
  try {
    return await step(channel);
  } catch (error) {
    if (error instanceof AMQPError) return error;
    throw error;
  } finally {
    await channel.close();
  }
}

function refusalOf(error: AMQPError): Probe {
  if (error.code === 'NOT_FOUND') return { kind: 'missing' };
  return { kind: 'refused', code: error.code, detail: saidIn(error) };
}

/** `…: PRECONDITION_FAILED - inequivalent arg …` without its beginning. */
function saidIn({ message }: AMQPError): string {
  return message.split(' - ').slice(1).join(' - ') || message;
}
