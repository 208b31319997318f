import { toRfc3339 } from '../../../kernel/clock.js';
import type { Clock } from '../../../kernel/clock.js';
import type { EventLog } from '../../../kernel/event.js';
import type { Transactions, Tx } from '../../../kernel/tx.js';
import type { Course } from '../course.js';
import type { Alert } from './alert.js';
import { chatOf } from './alert.js';
import { subjectOf, viewOf } from './alert-view.js';
import type { AlertFiredOut } from './alert-view.js';
import type { AlertsRepository } from './alerts.repository.js';

/** What a chat is told. */
export interface FiredNotice {
  chatId: string;
  alert: Alert;
  course: Pick<Course, 'valueText'>;
  changePct: string | undefined;
}

/** Looks up what it needs to know of the chat; what it resolves to adds the message to a transaction. */
export type TellChat = (notice: FiredNotice) => Promise<(tx: Tx) => void>;

export interface TurnAlertDeps {
  db: Transactions;
  clock: Clock;
  events: EventLog;
  repository: Pick<AlertsRepository, 'change'>;
  /** Undefined where there is no bot. */
  tellChat: TellChat | undefined;
}

/** What made it fire. */
export interface Cause {
  course: Course;
  changePct: string | undefined;
}

/**
 * The alert's new state, its event and the message to its chat are one transaction, so that it fires once, however often
 * this is tried. Rejects with a `TxConflict` where the alert is not as it was.
 */
export async function fireAlert(deps: TurnAlertDeps, alert: Alert, cause: Cause): Promise<Alert> {
  const { db, clock, tellChat } = deps;
  const { course, changePct } = cause;
  const firedAt = clock.now();
  const fired: Alert = {
    ...alert,
    ...{ state: 'fired', firedAt, firedValue: course.valueText, firedCount: alert.firedCount + 1 },
    version: alert.version + 1,
  };
  const chatId = chatOf(alert.channels);
  const tell = chatId === null ? undefined : await tellChat?.({ chatId, alert: fired, course, changePct });
  const tx = db.begin();
  deps.repository.change(tx, alert, fired);
  const data: AlertFiredOut = {
    ...viewOf(fired),
    at: toRfc3339(firedAt),
    course_value: course.valueText,
    exchanger: course.exchanger,
    change_pct: changePct ?? null,
  };
  addAlertEvent(deps, tx, { type: 'rates.alert-fired', id: alert.id, data });
  tell?.(tx);
  await db.commit(tx);
  return fired;
}

/** It waits for its condition again. Rejects likewise. */
export async function rearmAlert(deps: TurnAlertDeps, alert: Alert): Promise<Alert> {
  const { db } = deps;
  const armed: Alert = { ...alert, state: 'armed', version: alert.version + 1 };
  const tx = db.begin();
  deps.repository.change(tx, alert, armed);
  addAlertEvent(deps, tx, { type: 'rates.alert-rearmed', id: alert.id, data: viewOf(armed) });
  await db.commit(tx);
  return armed;
}

export function addAlertEvent(
  { events, clock }: Pick<TurnAlertDeps, 'events' | 'clock'>,
  tx: Tx,
  { type, id, data }: { type: string; id: string; data: object },
): void {
  events.append(tx, { type, subject: subjectOf(id), time: clock.now(), data: JSON.stringify(data) });
}
