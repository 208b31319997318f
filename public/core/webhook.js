/** Where a webhook leads. */
export function whereOf({ channel, url, chat_id: chat }) {
  return channel === 'telegram' ? `Telegram ${chat}` : url;
}

/** One word for a webhook: whether it is on, and how it has been answering. */
export function healthOf({ enabled, health }) {
  if (!enabled) return 'disabled';
  return health.status === 'unknown' ? 'untried' : health.status;
}
