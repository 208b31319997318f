import type { Clock } from '../../../kernel/clock.js';
import { AppError } from '../../../kernel/errors.js';
import type { EventLog } from '../../../kernel/event.js';
import { isUuid, newUuid } from '../../../kernel/ids.js';
import type { Uuid } from '../../../kernel/ids.js';
import { TxConflict } from '../../../kernel/tx.js';
import type { Transactions, Tx } from '../../../kernel/tx.js';
import { chatOf } from './alert.js';
import type { Alert, Channel, Condition } from './alert.js';
import { viewOf } from './alert-view.js';
import type { AlertFilter, AlertsRepository } from './alerts.repository.js';
import { addAlertEvent } from './turn-alert.js';

/** Nudged when alerts were added or removed. */
export const ALERTS_CHANNEL = 'rate-alerts';

export interface NewAlert {
  condition: Condition;
  channels: readonly Channel[];
  /** Who sets it. */
  by: string;
}

export interface AlertsApi {
  /** Alerts that one chat may have. */
  mostOfChat: number;
  /** Rejects with `rates.too-many-alerts`. */
  create: (wanted: NewAlert) => Promise<Alert>;
  /** The same, added to a transaction, which is refused where the chat set another one meanwhile. */
  add: (tx: Tx, wanted: NewAlert) => Promise<Alert>;
  /** Rejects with `rates.alert-not-found`. */
  require: (id: string) => Promise<Alert>;
  /** Newest first, those before an id. */
  list: (filter: AlertFilter, limit: number, before?: Uuid) => Promise<Alert[]>;
  /** By number. */
  ofChat: (chatId: string) => Promise<Alert[]>;
  /** Removes it; `check` sees it as it is then, and may throw. Rejects with `rates.alert-not-found`. */
  remove: (id: string, check: (alert: Alert) => void) => Promise<void>;
  /** Adds the removal of a chat's alert to a transaction; undefined where there is none of that number. */
  removeOfChat: (tx: Tx, chatId: string, number: number) => Promise<Alert | undefined>;
}

export interface AlertsApiDeps {
  db: Transactions;
  clock: Clock;
  events: EventLog;
  repository: AlertsRepository;
  /** In all. */
  most: number;
  mostOfChat: number;
}

const MOST_TRIES = 5;

export function createAlertsApi(deps: AlertsApiDeps): AlertsApi {
  const { db, repository } = deps;

  async function require(id: string): Promise<Alert> {
    const alert = isUuid(id) ? await repository.get(id) : undefined;
    if (alert) return alert;
    throw new AppError('Alert not found', { code: 'rates.alert-not-found', kind: 'not-found' });
  }

  function addRemoval(tx: Tx, alert: Alert): void {
    repository.remove(tx, alert);
    addAlertEvent(deps, tx, { type: 'rates.alert-removed', id: alert.id, data: viewOf(alert) });
    db.nudgeAfter(tx, ALERTS_CHANNEL);
  }

  return {
    mostOfChat: deps.mostOfChat,
    add: (tx, wanted) => addAlert(deps, tx, wanted),
    create: (wanted) =>
      untilUnchanged(async () => {
        const tx = db.begin();
        const alert = await addAlert(deps, tx, wanted);
        await db.commit(tx);
        return alert;
      }),
    require,
    list: (filter, limit, before) => repository.list(filter, limit, before),
    ofChat: (chatId) => repository.ofChat(chatId),
    remove: (id, check) =>
      untilUnchanged(async () => {
        const alert = await require(id);
        check(alert);
        const tx = db.begin();
        addRemoval(tx, alert);
        await db.commit(tx);
      }),
    async removeOfChat(tx, chatId, number) {
      const found = (await repository.ofChat(chatId)).find((alert) => alert.number === number);
      if (found) addRemoval(tx, found);
      return found;
    },
  };
}

/** Alerts turn at any moment: what met another version begins anew. */
async function untilUnchanged<T>(act: () => Promise<T>, tries = MOST_TRIES): Promise<T> {
  try {
    return await act();
  } catch (error) {
    if (!(error instanceof TxConflict) || tries === 1) throw error;
    return untilUnchanged(act, tries - 1);
  }
}

async function addAlert(deps: AlertsApiDeps, tx: Tx, { condition, channels, by }: NewAlert): Promise<Alert> {
  const { db, clock, repository, most, mostOfChat } = deps;
  const chatId = chatOf(channels);
  const [count, own] = await Promise.all([
    repository.count(),
    chatId === null ? [] : repository.ofChat(chatId),
  ]);
  if (count >= most) throw tooMany(`There are ${most} alerts already`);
  if (own.length >= mostOfChat) throw tooMany(`The chat has ${mostOfChat} alerts already`);
  const now = clock.now();
  const alert: Alert = {
    ...condition,
    ...{ id: newUuid(now), channels, number: chatId === null ? null : firstFree(own) },
    ...{ state: 'armed', firedAt: null, firedValue: null, firedCount: 0 },
    ...{ createdAt: now, createdBy: by, version: 1 },
  };
  repository.add(tx, alert);
  addAlertEvent(deps, tx, { type: 'rates.alert-created', id: alert.id, data: viewOf(alert) });
  db.nudgeAfter(tx, ALERTS_CHANNEL);
  return alert;
}

function firstFree(alerts: readonly Alert[]): number {
  const taken = new Set(alerts.map(({ number }) => number));
  for (let number = 1; ; number++) if (!taken.has(number)) return number;
}

function tooMany(message: string): AppError {
  return new AppError(message, { code: 'rates.too-many-alerts', kind: 'conflict' });
}
