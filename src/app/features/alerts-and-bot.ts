import type { TelegramApi } from '../../modules/notifications/telegram/index.js';
import type { RatesApi } from '../../modules/rates/index.js';
import type { Foundation } from '../foundation.js';
import type { Module } from '../module.js';
import { createAlerts } from './alerts.js';
import { createTelegram } from './telegram.js';

/** The bot keeps alerts, and alerts are told by the bot: each is handed the other. */
export function createAlertsAndBot(foundation: Foundation, rates: RatesApi): Module[] {
  const known: { telegram?: TelegramApi } = {};
  const alerts = createAlerts(foundation, rates, () => known.telegram);
  const bot = createTelegram(foundation, rates, alerts.api);
  if (bot) known.telegram = bot.api;
  return bot ? [bot, alerts] : [alerts];
}
