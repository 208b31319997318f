/** What the Bot API allows (https://core.telegram.org/bots/faq#my-bot-is-hitting-limits-how-do-i-avoid-this). */
export interface PaceLimits {
  /** Between any two messages, ms: 30 in a second. */
  overallMs: number;
  /** Between two to one person, ms: 1 in a second. */
  chatMs: number;
  /** Between two to one group, ms: 20 in a minute. */
  groupMs: number;
}

export const BOT_API_LIMITS: PaceLimits = { overallMs: 34, chatMs: 1_000, groupMs: 3_000 };

/** When which message may leave. Times are those of one monotonic clock, in ms. */
export interface Pace {
  /** The first moment at which a message to the chat may leave; never before `now`. */
  readyAt(chatId: string, now: number): number;
  /** One leaves. */
  sent(chatId: string, now: number): void;
  /** It was answered: its chat's pause begins only now, as nobody knows when in between it got there. */
  answered(chatId: string, now: number): void;
  /** Nothing leaves before `until`. */
  pause(until: number): void;
}

/** Chats that are remembered; beyond it those whose time is over are forgotten. */
const SWEEP_AT = 1_000;

export function createPace(limits: PaceLimits = BOT_API_LIMITS): Pace {
  /** When the next message to a chat may leave. */
  const chats = new Map<string, number>();
  let openAt = 0;

  function forget(now: number): void {
    if (chats.size < SWEEP_AT) return;
    for (const [chat, at] of chats) if (at <= now) chats.delete(chat);
  }

  function rest(chatId: string, now: number): void {
    chats.set(chatId, now + (isGroup(chatId) ? limits.groupMs : limits.chatMs));
  }

  return {
    readyAt: (chatId, now) => Math.max(now, openAt, chats.get(chatId) ?? 0),
    sent(chatId, now) {
      forget(now);
      openAt = Math.max(openAt, now + limits.overallMs);
      rest(chatId, now);
    },
    answered: rest,
    pause: (until) => void (openAt = Math.max(openAt, until)),
  };
}

/** Ids of groups and channels are negative. */
function isGroup(chatId: string): boolean {
  return chatId.startsWith('-');
}
