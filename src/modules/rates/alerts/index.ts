import type { Clock } from '../../../kernel/clock.js';
import type { EventLog } from '../../../kernel/event.js';
import { isUuid } from '../../../kernel/ids.js';
import type { LiveTopic } from '../../../kernel/live-topic.js';
import type { Logger } from '../../../kernel/logger.js';
import type { Database, Leadership } from '../../../platform/db/database.js';
import type { RatesApi } from '../rates-api.js';
import { alertMessages } from './alert-messages.js';
import { viewOf } from './alert-view.js';
import { createAlertWatch } from './alert-watch.js';
import { ALERTS_CHANNEL, createAlertsApi } from './alerts-api.js';
import { AlertsController } from './alerts.controller.js';
import { createAlertsRepository } from './alerts.repository.js';
import type { TellChat } from './turn-alert.js';

export type { Alert, Channel, Condition } from './alert.js';
export { readCondition } from './alert-request.js';
export type { WantedCondition } from './alert-request.js';
export type { AlertOut } from './alert-view.js';
export type { AlertsApi } from './alerts-api.js';
export { alertMigrations } from './alerts.migrations.js';
export type { FiredNotice, TellChat } from './turn-alert.js';

export interface AlertsConfig {
  /** In all. */
  most: number;
  mostOfChat: number;
  /** How far back a course must come before an alert can fire again, in hundredths of a percent. */
  hysteresisBp: number;
}

export interface AlertsDeps {
  db: Database;
  clock: Clock;
  log: Logger;
  events: EventLog;
  rates: Pick<RatesApi, 'course' | 'onCourse' | 'history'>;
  config: AlertsConfig;
  /** Undefined where there is no bot. */
  tellChat: TellChat | undefined;
  onFired: () => void;
}

const NEWEST = 100;

/** Conditions on courses that somebody waits for. */
export function createAlertsModule(deps: AlertsDeps) {
  const { db, config } = deps;
  const repository = createAlertsRepository(db);
  const api = createAlertsApi({ ...deps, ...config, repository });
  const watch = createAlertWatch({ ...deps, repository, hysteresisBp: config.hysteresisBp });
  const topic: LiveTopic = {
    name: 'rate-alerts',
    snapshot: async () => ({ items: (await repository.list({}, NEWEST)).map(viewOf) }),
    async snapshotOf(key) {
      const alert = isUuid(key) ? await repository.get(key) : undefined;
      return alert && viewOf(alert);
    },
  };
  let leadership: Leadership | undefined;
  let forget: (() => void) | undefined;
  return {
    name: 'rate-alerts',
    api,
    controllers: [new AlertsController(api, deps.tellChat !== undefined)],
    topics: [topic],
    messages: alertMessages,
    /** Alerts that are watched in this process; none where another one does it. */
    watched: () => watch.size(),
    start(): Promise<void> {
      forget = db.onNudge(ALERTS_CHANNEL, () => watch.wake());
      leadership = db.lead('rate-alerts', { start: () => watch.start(), stop: () => watch.stop() });
      return Promise.resolve();
    },
    async stop(): Promise<void> {
      forget?.();
      await leadership?.stop();
      await watch.stop();
    },
  };
}
