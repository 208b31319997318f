import { createAlertsModule } from '../../modules/rates/alerts/index.js';
import type { TellChat } from '../../modules/rates/alerts/index.js';
import type { RatesApi } from '../../modules/rates/index.js';
import { sayFired } from '../../modules/notifications/telegram/index.js';
import type { TelegramApi } from '../../modules/notifications/telegram/index.js';
import type { Foundation } from '../foundation.js';

/** Alerts on exchange rates; those of chats are told by the bot, where there is one. */
export function createAlerts(
  foundation: Foundation,
  rates: RatesApi,
  telegram: () => TelegramApi | undefined,
) {
  const { config, db, clock, events, metrics } = foundation;
  const fired = metrics.counter('switchyard_rate_alerts_fired_total', 'Alerts that fired in this process');
  const alerts = createAlertsModule({
    ...{ db, clock, events, rates },
    log: foundation.log.child({ module: 'alerts' }),
    config: config.alerts,
    tellChat: config.telegram === null ? undefined : tellBy(telegram),
    onFired: () => fired.inc(),
  });
  metrics.gauge('switchyard_rate_alerts_watched', 'Alerts that are watched in this process', () =>
    alerts.watched(),
  );
  return alerts;
}

/** The chat is asked for its language before, as nothing may be waited for in a transaction. */
function tellBy(telegram: () => TelegramApi | undefined): TellChat {
  return async ({ chatId, alert, course, changePct }) => {
    const bot = telegram();
    const language = (await bot?.languageOf(chatId)) ?? 'en';
    const { pair, op, value, number } = alert;
    const text = sayFired(
      {
        ...{ pair, op, value, changePct, courseText: course.valueText },
        windowS: alert.windowS ?? undefined,
        number: number ?? undefined,
      },
      language,
    );
    const dedupeKey = `alert/${alert.id}/${alert.version}`;
    return (tx) => bot?.send(tx, { chatId, text, dedupeKey });
  };
}
