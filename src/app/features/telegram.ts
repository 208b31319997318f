import { readCondition } from '../../modules/rates/alerts/index.js';
import type { Alert, AlertsApi } from '../../modules/rates/alerts/index.js';
import type { RatesApi } from '../../modules/rates/index.js';
import { createTelegramModule } from '../../modules/notifications/telegram/index.js';
import type { ChatAlert, ChatAlerts } from '../../modules/notifications/telegram/index.js';
import type { Foundation } from '../foundation.js';

/** Who sets an alert in a chat. */
const BY_CHAT = 'telegram';

/** The bot, where its token is set: it tells rates, and keeps the alerts of its chats. */
export function createTelegram(foundation: Foundation, rates: RatesApi, alerts: AlertsApi) {
  const { config, db, clock, metrics } = foundation;
  if (config.telegram === null) return undefined;
  const messages = metrics.counter(
    'switchyard_telegram_messages_total',
    'Messages to Telegram by what became of them; retried counts attempts',
    ['outcome'],
  );
  const commands = metrics.counter('switchyard_telegram_commands_total', 'Commands that the bot answered', [
    'command',
  ]);
  const telegram = createTelegramModule({
    ...{ db, clock, random: Math.random },
    log: foundation.log.child({ module: 'telegram' }),
    config: { ...config.telegram, keepMs: config.tasks.keepMs },
    sources: {
      pairs: rates.pairs,
      // People write BTC/USDT and BTC USDT too.
      pairNamed: (text) => rates.course(text.trim().replace(/[\s/_]+/, '-'))?.direction,
      course: rates.course,
      alerts: alertsOfChats(alerts),
    },
    onOutcome: (outcome, count) => messages.inc({ outcome }, count),
    onCommand: (command) => commands.inc({ command }),
  });
  metrics.gauge(
    'switchyard_telegram_messages_waiting',
    'Messages that wait to be sent to Telegram, up to 10,000',
    () => telegram.api.waiting(),
  );
  return telegram;
}

function alertsOfChats(alerts: AlertsApi): ChatAlerts {
  return {
    most: alerts.mostOfChat,
    async add(tx, chatId, wanted) {
      const condition = readCondition(wanted);
      return told(await alerts.add(tx, { condition, channels: [{ kind: 'telegram', chatId }], by: BY_CHAT }));
    },
    list: async (chatId) => (await alerts.ofChat(chatId)).map(told),
    async cancel(tx, chatId, number) {
      const removed = await alerts.removeOfChat(tx, chatId, number);
      return removed && told(removed);
    },
  };
}

function told({ pair, op, value, windowS, number, state }: Alert): ChatAlert {
  return { pair, op, value, windowS: windowS ?? undefined, number: number ?? 0, hasFired: state === 'fired' };
}
