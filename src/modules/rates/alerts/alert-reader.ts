import type { Clock } from '../../../kernel/clock.js';
import type { EventLog } from '../../../kernel/event.js';
import { isUuid } from '../../../kernel/ids.js';
import type { Uuid } from '../../../kernel/ids.js';
import type { Alert } from './alert.js';
import { subjectOf } from './alert-view.js';
import type { AlertsRepository } from './alerts.repository.js';

export interface AlertReaderDeps {
  clock: Clock;
  events: Pick<EventLog, 'read' | 'settled'>;
  repository: Pick<AlertsRepository, 'list' | 'byIds'>;
}

/** Alerts as they are stored now. */
export interface StoredAlerts {
  alerts: Alert[];
  /** What was looked for: those of them that are not among the alerts are gone. Undefined: all. */
  ids?: ReadonlySet<string>;
}

/** Even if every change is followed, all are read so often: this is for what nobody told. */
const WHOLE_MS = 30_000;
/** So many events are looked through for changes of alerts; behind more of them all alerts are read. */
const MOST_EVENTS = 10_000;
const PAGE = 500;
const SUBJECT = subjectOf('');

/** Reads the alerts, and then those that changed since: each change of one is an event, written with it. */
export function createAlertReader({ clock, events, repository }: AlertReaderDeps) {
  /** Of the event log, from before the last reading; undefined where that came to nothing. */
  let position: number | undefined;
  let wholeAt = 0;

  /** What changed since the last reading; all where `isWhole`, from time to time, and wherever that is not known. */
  async function read(isWhole: boolean): Promise<StoredAlerts> {
    const from = isWhole || clock.monotonic() - wholeAt >= WHOLE_MS ? undefined : position;
    position = undefined;
    // Whatever was committed before this moment is read, or is an event up to here.
    const upTo = await events.settled().catch(() => undefined);
    const isNear = from !== undefined && upTo !== undefined && upTo - from <= MOST_EVENTS;
    const found = isNear ? await readIds(await changedBetween(from, upTo)) : await readAll();
    position = upTo;
    return found;
  }

  async function readAll(): Promise<StoredAlerts> {
    wholeAt = clock.monotonic();
    const alerts: Alert[] = [];
    for (;;) {
      const page = await repository.list({}, PAGE, alerts.at(-1)?.id);
      alerts.push(...page);
      if (page.length < PAGE) return { alerts };
    }
  }

  async function readIds(ids: ReadonlySet<Uuid>): Promise<StoredAlerts> {
    const [alerts, all] = [[] as Alert[], [...ids]];
    for (let begin = 0; begin < all.length; begin += PAGE) {
      alerts.push(...(await repository.byIds(all.slice(begin, begin + PAGE))));
    }
    return { alerts, ids };
  }

  async function changedBetween(from: number, upTo: number): Promise<Set<Uuid>> {
    const ids = new Set<Uuid>();
    for (let after = from; after < upTo;) {
      const page = await events.read(after, PAGE);
      for (const { subject } of page) {
        const id = subject.slice(SUBJECT.length);
        if (subject.startsWith(SUBJECT) && isUuid(id)) ids.add(id);
      }
      after = page.at(-1)?.position ?? upTo;
    }
    return ids;
  }

  return { read };
}
