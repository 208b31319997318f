import type { DeadLetterBox } from '../../kernel/dead-letter.js';
import { openBody, sealBody } from '../../kernel/seal.js';
import type { Seal } from '../../kernel/seal.js';
import type { Broker, DeliveryHandler } from './broker.js';

/**
 * A broker that takes sealed messages. RabbitMQ gets them open, as that is where they leave the process; the embedded
 * broker stores them as they are, and only the handler sees what is inside. A message whose key is not here is refused (`invalid`).
 */
export function openingSealed(broker: Broker, seal: Seal): Broker {
  const { kind } = broker;
  return {
    kind,
    declare: (topology) => broker.declare(topology),
    consume: (options, handler) => broker.consume(options, opened(handler, seal)),
    // Nothing confidential is taken in batches.
    consumeBatches: (options, handler) => broker.consumeBatches(options, handler),
    async publish(message) {
      if (!message.sealed || kind === 'embedded') return broker.publish(message);
      const open = { ...message, body: openBody(seal, message.body) };
      delete open.sealed;
      return broker.publish(open);
    },
    listen: (stream, handler) => broker.listen(stream, handler),
    tell: (news) => broker.tell(news),
    depth: (queue) => broker.depth(queue),
    state: () => broker.state(),
    start: () => broker.start(),
    connected: (timeoutMs) => broker.connected(timeoutMs),
    stop: () => broker.stop(),
  };
}

/** What is given up stays sealed: the handler alone gets another delivery. */
function opened(handler: DeliveryHandler, seal: Seal): DeliveryHandler {
  return (delivery, tx) =>
    handler(delivery.sealed ? { ...delivery, body: openBody(seal, delivery.body) } : delivery, tx);
}

/** Dead letters of confidential queues hold their messages sealed. */
export function sealingLetters(
  letters: DeadLetterBox,
  seal: Seal,
  confidential: ReadonlySet<string>,
): DeadLetterBox {
  return {
    add(tx, letter) {
      const { body, properties } = letter;
      if (!body || properties?.sealed || !confidential.has(letter.source)) return letters.add(tx, letter);
      letters.add(tx, { ...letter, body: sealBody(seal, body), properties: { ...properties, sealed: true } });
    },
  };
}
