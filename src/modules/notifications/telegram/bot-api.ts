import type { Language } from './language.js';

/**
 * What a call of the Bot API came to. `refused`: Telegram answered, and not with what was asked for. `unreachable`: no
 * answer that could be read, so it may or may not have been done. Reasons hold neither the token nor an address.
 */
export type ApiAnswer<T> =
  | { kind: 'ok'; value: T }
  | { kind: 'refused'; code: number; reason: string; retryAfterS: number | undefined }
  | { kind: 'unreachable'; reason: string };

/** Who the token belongs to. */
export interface BotIdentity {
  id: string;
  /** Without the `@`. */
  username: string;
}

/** A command as Telegram's menu offers it. */
export interface MenuCommand {
  /** Without the slash. */
  command: string;
  description: string;
}

/** The calls of the Bot API (https://core.telegram.org/bots/api) that are needed here. None of them rejects. */
export interface BotApi {
  getMe: (signal: AbortSignal) => Promise<ApiAnswer<BotIdentity>>;
  /**
   * Waits up to `timeoutS` for updates from `offset` on; naming an offset confirms all before it, which Telegram then
   * forgets. They come as they are: whoever reads them judges them.
   */
  getUpdates: (
    ask: { offset: number | undefined; limit: number; timeoutS: number },
    signal: AbortSignal,
  ) => Promise<ApiAnswer<readonly unknown[]>>;
  sendMessage: (
    message: { chatId: string; text: string },
    signal: AbortSignal,
  ) => Promise<ApiAnswer<unknown>>;
  /** Has updates sent to `url` with `secret` in a header of theirs. */
  setWebhook: (webhook: { url: string; secret: string }, signal: AbortSignal) => Promise<ApiAnswer<unknown>>;
  /** What waits stays, and is given by `getUpdates`. */
  deleteWebhook: (signal: AbortSignal) => Promise<ApiAnswer<unknown>>;
  /** What the menu offers to readers of `language`; `undefined` to all others. */
  setCommands: (
    menu: { commands: readonly MenuCommand[]; language: Language | undefined },
    signal: AbortSignal,
  ) => Promise<ApiAnswer<unknown>>;
  /** Ends its connections. */
  close: () => void;
}

/** What kinds of updates are asked for: all others are never sent. */
export const ALLOWED_UPDATES = ['message', 'my_chat_member'] as const;
