import type { TelegramApi } from '../../modules/notifications/telegram/index.js';
import type { RatesApi } from '../../modules/rates/index.js';
import type { Foundation } from '../foundation.js';
import type { Module } from '../module.js';
import { createAlerts } from './alerts.js';
import { createTelegram } from './telegram.js';

/** Both modules, and what others need of the bot; undefined where there is none. */
export interface AlertsAndBot {
  modules: Module[];
  telegram: TelegramApi | undefined;
}

/** The bot keeps alerts, and alerts are told by the bot: each is handed the other. */
export function createAlertsAndBot(foundation: Foundation, rates: RatesApi): AlertsAndBot {
  const known: { telegram?: TelegramApi } = {};
  const alerts = createAlerts(foundation, rates, () => known.telegram);
  const bot = createTelegram(foundation, rates, alerts.api);
  if (bot) known.telegram = bot.api;
  return { modules: bot ? [bot, alerts] : [alerts], telegram: bot?.api };
}
