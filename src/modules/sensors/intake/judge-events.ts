import { dayOf } from '../log/log-day.js';
import type { LogDay } from '../log/log-day.js';
import type { KnownSensor } from './known-sensors.js';
import type { Fault, StatusEvent } from './status-event.js';
import { isFault } from './status-event.js';

/** How far a sensor's clock may be ahead of ours. */
export const MOST_AHEAD_MS = 5 * 60_000;

export type RefusalReason =
  Fault['reason'] | 'unknown-sensor' | 'future-dated' | 'too-old' | 'sensor-disabled';

/** An event that is not logged, and why. */
export interface Refusal {
  reason: RefusalReason;
  detail: string;
}

/** An event that goes to the log, where it is no duplicate. */
export interface Accepted {
  event: StatusEvent;
  day: LogDay;
}

export type Judgement = Accepted | Refusal;

export interface JudgeContext {
  sensors: ReadonlyMap<string, KnownSensor>;
  now: number;
  /** The first moment that the log still takes, epoch ms. */
  oldestKept: number;
  /** The client whose sensors alone count; undefined for all. */
  clientId: string | undefined;
}

/**
 * What becomes of an event, but for what only the database can tell (duplicate, late):
 *
 * | what came | reason |
 * |---|---|
 * | no event by its form | `invalid-json`, `not-an-object`, `invalid-event`, `too-large` |
 * | of a sensor that is not there (for this client) | `unknown-sensor` |
 * | more than 5 minutes ahead | `future-dated` |
 * | of a day that is no longer kept | `too-old` |
 * | of a sensor that is switched off | `sensor-disabled` |
 */
export function judgeEvent(read: StatusEvent | Fault, context: JudgeContext): Judgement {
  if (isFault(read)) return read;
  const sensor = context.sensors.get(read.sensorId);
  if (!sensor || (context.clientId !== undefined && sensor.clientId !== context.clientId)) {
    return { reason: 'unknown-sensor', detail: 'there is no such sensor' };
  }
  if (read.at > context.now + MOST_AHEAD_MS) {
    const minutes = Math.ceil((read.at - context.now) / 60_000);
    return { reason: 'future-dated', detail: `/at must be at most 5 minutes ahead, got ${minutes}` };
  }
  if (read.at < context.oldestKept) {
    return { reason: 'too-old', detail: '/at must be of a day that the log still keeps' };
  }
  if (!sensor.enabled) return { reason: 'sensor-disabled', detail: 'the sensor is switched off' };
  return { event: read, day: dayCache(read.at) };
}

export function isRefusal(judgement: Judgement): judgement is Refusal {
  return 'reason' in judgement;
}

let lastStart = -1;
let lastDay: LogDay | undefined;

/** Nearly all events are of one day, and naming it costs more than all else. */
function dayCache(at: number): LogDay {
  const start = at - (at % 86_400_000);
  if (lastDay === undefined || start !== lastStart) {
    lastStart = start;
    lastDay = dayOf(start);
  }
  return lastDay;
}
