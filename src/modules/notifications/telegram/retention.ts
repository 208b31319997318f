import type { Clock } from '../../../kernel/clock.js';
import type { Logger } from '../../../kernel/logger.js';
import { periodically } from '../../../kernel/periodic.js';
import type { TelegramRepository } from './telegram.repository.js';

export interface RetentionDeps {
  clock: Clock;
  log: Logger;
  repository: Pick<TelegramRepository, 'expireMessages' | 'trimMessages' | 'trimUpdates' | 'trimChats'>;
  /** How long ended messages are kept. */
  keepMs: number;
  onExpired: (count: number) => void;
}

const EVERY_MS = 60_000;
const BATCH = 200;
const DAY_MS = 86_400_000;
/** What nobody could be told for so long is old news. */
const MESSAGE_TTL_MS = DAY_MS;
/** Telegram keeps what it could not hand over for a day. */
const UPDATES_KEPT_MS = 2 * DAY_MS;
const CHATS_KEPT_MS = 365 * DAY_MS;

/** Gives up what waited for too long, and removes what has been kept long enough, in small batches. */
export function createRetention({ clock, log, repository, keepMs, onExpired }: RetentionDeps) {
  return periodically({ clock, log, everyMs: EVERY_MS, what: 'trimming messages to Telegram' }, async () => {
    const now = clock.now();
    await untilDone(async () => {
      const expired = await repository.expireMessages(now - MESSAGE_TTL_MS, now, BATCH);
      if (expired > 0) onExpired(expired);
      return expired;
    });
    await untilDone(() => repository.trimMessages(now - keepMs, BATCH));
    await untilDone(() => repository.trimUpdates(now - UPDATES_KEPT_MS, BATCH));
    await untilDone(() => repository.trimChats(now - CHATS_KEPT_MS, BATCH));
  });
}

async function untilDone(removeSome: () => Promise<number>): Promise<void> {
  while ((await removeSome()) >= BATCH);
}
