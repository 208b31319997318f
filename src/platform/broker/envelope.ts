import type { OutgoingMessage } from './broker.js';

/** Everything of a message but its body: what is stored beside it as JSON text. */
export type Envelope = Omit<OutgoingMessage, 'body'>;

export function envelopeOf(message: OutgoingMessage): Envelope {
  const envelope: Partial<OutgoingMessage> & Envelope = { ...message };
  delete envelope.body;
  return envelope;
}

/** The message again, from its stored parts. */
export function messageFrom(envelope: string, body: Buffer): OutgoingMessage {
  return { ...(JSON.parse(envelope) as Envelope), body };
}
