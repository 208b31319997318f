export interface ReplyToPolicy {
  /** Queue name prefixes that may be answered besides the broker's own kinds. */
  prefixes: readonly string[];
  /** Queues of this process: never answered, so that no message can make us feed ourselves. */
  ownQueues: readonly string[];
}

const BROKER_MADE = ['amq.rabbitmq.reply-to.', 'amq.gen-'];

/** Whether an answer may be sent to the queue that a message's `reply_to` names. */
export function replyToAllowed(replyTo: string, { prefixes, ownQueues }: ReplyToPolicy): boolean {
  if (ownQueues.some((queue) => replyTo === queue || replyTo === deadQueueOf(queue))) return false;
  return [...BROKER_MADE, ...prefixes].some((prefix) => prefix !== '' && replyTo.startsWith(prefix));
}

/** The queue beside `queue` that takes what is no valid work. */
export function deadQueueOf(queue: string): string {
  return `${queue}.dead`;
}
