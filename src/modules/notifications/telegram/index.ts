import type { Clock } from '../../../kernel/clock.js';
import type { Logger } from '../../../kernel/logger.js';
import type { PartState } from '../../../kernel/part-state.js';
import type { Database, Leadership } from '../../../platform/db/database.js';
import type { CommandSources } from './answer-command.js';
import type { BotApi } from './bot-api.js';
import { createHandleUpdate } from './handle-update.js';
import { createIntroduction } from './introduction.js';
import type { Language } from './language.js';
import { createOutage } from './outage.js';
import { createSend, MESSAGES_CHANNEL } from './outgoing.js';
import type { Send } from './outgoing.js';
import { createPace } from './pace.js';
import { createPoller } from './poller.js';
import { createRetention } from './retention.js';
import { createSender } from './sender.js';
import type { MessageOutcome } from './sender.js';
import { createTelegramClient } from './telegram.client.js';
import { createTelegramRepository } from './telegram.repository.js';
import { untilAnswered } from './until-answered.js';
import { createWebhook } from './webhook.js';

export type { ChatAlert, ChatAlerts, CommandSources } from './answer-command.js';
export type { Language } from './language.js';
export type { OutgoingMessage, Send } from './outgoing.js';
export { sayFired } from './say.js';
export type { FiredAlert, ToldCondition, ToldCourse } from './say.js';
export { telegramMigrations } from './telegram.migrations.js';
export { WEBHOOK_PATH } from './webhook.js';

export interface TelegramConfig {
  token: string;
  /** Without a slash at the end. */
  apiUrl: string;
  /** Where updates are sent to; null: they are fetched by long polling. */
  webhook: { url: string; secret: string } | null;
  /** How long Telegram holds a call back while there is nothing. */
  pollS: number;
  /** For any other answer to come. */
  timeoutMs: number;
  /** How long messages are kept after they ended. */
  keepMs: number;
}

export interface TelegramDeps {
  db: Database;
  clock: Clock;
  log: Logger;
  random: () => number;
  config: TelegramConfig;
  sources: CommandSources;
  onOutcome: (outcome: MessageOutcome | 'expired', count: number) => void;
  onCommand: (kind: string) => void;
}

export interface TelegramApi {
  send: Send;
  /** The language in which somebody last wrote in a chat; English where nobody did. */
  languageOf: (chatId: string) => Promise<Language>;
  /** Messages that wait to be sent, up to 10,000. */
  waiting: () => Promise<number>;
}

const COUNT_LIMIT = 10_000;

/**
 * The bot: answers commands, and sends what others give it. One process at a time polls and sends; what is to be sent
 * and what was handled is in the database. Telegram being away holds nothing up.
 */
export function createTelegramModule(deps: TelegramDeps) {
  const { db, clock, log, random, config, sources } = deps;
  const client = createTelegramClient({ ...config, clock });
  const repository = createTelegramRepository(db);
  const send = createSend({ db, clock, repository });
  const tell = (what: string) => (state: PartState) =>
    state.status === 'ok'
      ? log.info({}, `${what}: Telegram is back`)
      : log.warn(state, `${what} Telegram fails`);
  const sending = createOutage({ random, onChange: tell('sending to') });
  const receiving = createOutage({ random, onChange: tell('receiving from') });
  const me = createIdentity({ clock, log, client, outage: receiving });
  const handle = createHandleUpdate({
    ...{ db, clock, log, repository, sources, send },
    username: me.username,
    onCommand: deps.onCommand,
  });
  const onOutcome = (outcome: MessageOutcome): void => deps.onOutcome(outcome, 1);
  const sender = createSender({
    ...{ db, clock, log, repository, onOutcome },
    ...{ api: client, pace: createPace(), outage: sending },
  });
  const webhook = config.webhook ?? undefined;
  const intake = webhook
    ? undefined
    : createPoller({ ...config, clock, log, api: client, handle, outage: receiving });
  const introduction = createIntroduction({ clock, log, api: client, outage: receiving, webhook });
  const onExpired = (count: number): void => deps.onOutcome('expired', count);
  const retention = createRetention({ clock, log, repository, keepMs: config.keepMs, onExpired });
  const duties = [sender, introduction, ...(intake ? [intake] : [])];
  let leadership: Leadership | undefined;
  let forget: (() => void) | undefined;
  const api: TelegramApi = {
    send,
    languageOf: async (chatId) => (await repository.chat(chatId))?.language ?? 'en',
    waiting: () => repository.countWaiting(COUNT_LIMIT),
  };
  return {
    name: 'telegram',
    api,
    inboundCalls: webhook ? [createWebhook(webhook.secret, handle)] : [],
    parts: () => ({ telegram: worst(receiving.state(), sending.state()) }),
    start(): Promise<void> {
      me.start();
      retention.start();
      forget = db.onNudge(MESSAGES_CHANNEL, () => sender.wake());
      leadership = db.lead('telegram', {
        start: () => duties.forEach((duty) => duty.start()),
        stop: async () => void (await Promise.all(duties.map((duty) => duty.stop()))),
      });
      return Promise.resolve();
    },
    async stop(): Promise<void> {
      forget?.();
      await leadership?.stop();
      await Promise.all([...duties.map((duty) => duty.stop()), me.stop(), retention.stop()]);
      client.close();
    },
  };
}

interface IdentityDeps {
  clock: Clock;
  log: Logger;
  client: Pick<BotApi, 'getMe'>;
  outage: ReturnType<typeof createOutage>;
}

/** The bot's own name, asked for until it is known: in a group, commands name whom they are for. */
function createIdentity({ clock, log, client, outage }: IdentityDeps) {
  const stopping = new AbortController();
  let username: string | undefined;
  let asking: Promise<void> = Promise.resolve();
  return {
    username: () => username,
    start(): void {
      asking = untilAnswered({ clock, outage }, stopping.signal, client.getMe).then((found) => {
        username = found?.username;
        if (found) log.info({ bot: `@${found.username}` }, 'Telegram knows the bot');
      });
    },
    async stop(): Promise<void> {
      stopping.abort();
      await asking;
    },
  };
}

function worst(...states: readonly PartState[]): PartState {
  return states.find(({ status }) => status !== 'ok') ?? { status: 'ok' };
}
