import { createNotificationsModule } from '../../modules/notifications/index.js';
import type { TelegramApi } from '../../modules/notifications/telegram/index.js';
import type { Foundation } from '../foundation.js';
import type { Module } from '../module.js';
import { packageVersion } from '../package-root.js';

/** What webhooks need of other features, where they are there. */
export interface NotificationSurroundings {
  /** All of them: their events are what webhooks are told of. */
  modules: () => readonly Pick<Module, 'messages'>[];
  clientExists: (id: string) => Promise<boolean>;
  /** The bot, where one is configured. */
  telegram: TelegramApi | undefined;
}

/** Webhooks, told of the events of all modules. */
export function createNotifications(
  foundation: Foundation,
  { modules, clientExists, telegram }: NotificationSurroundings,
) {
  const { config, clock, db, events, metrics, live, seal, digest } = foundation;
  return createNotificationsModule({
    ...{ db, clock, events, metrics, live, seal, digest },
    log: foundation.log.child({ module: 'notifications' }),
    random: Math.random,
    eventTypes: () => storedEvents(modules()),
    clientExists,
    ...(telegram && { sendTelegram: telegram.send }),
    userAgent: `Switchyard/${packageVersion()}`,
    config: { ...config.webhooks, idempotencyTtlMs: config.tasks.idempotencyTtlMs },
  });
}

function storedEvents(modules: readonly Pick<Module, 'messages'>[]): string[] {
  const kinds = modules.flatMap(({ messages }) => messages?.topics ?? []).flatMap(({ events }) => events);
  return kinds.filter(({ isStored }) => isStored !== false).map(({ type }) => type);
}
