import type { BatchHandler, Settlement } from '../../../platform/broker/broker.js';
import type { EventIntake, IntakeOptions } from './event-intake.js';
import { isRefusal } from './judge-events.js';
import type { Judgement } from './judge-events.js';
import { parseStatusEvent } from './status-event.js';

const TAKEN: Settlement = { kind: 'taken' };

/** What comes for a sensor that is switched off is counted, and not kept: that is what switching it off is for. */
const FROM_QUEUE: IntakeOptions = {
  way: 'queue',
  isBuried: ({ reason }) => reason !== 'sensor-disabled',
};

/**
 * Takes what sensors say from `sensor_events`, many messages in one transaction.
 *
 * | what came | what happens | counted as |
 * |---|---|---|
 * | a new event | logged; the sensor's status follows | logged |
 * | older than what is known of the sensor | logged, and nothing else | logged, late |
 * | the same sensor, time and status again | nothing | duplicate |
 * | no event, unknown sensor, more than 5 minutes ahead, a day no longer kept | dead letter with the reason | dead-lettered |
 * | of a sensor that is switched off | nothing | refused |
 */
export function createSensorEventsConsumer(intake: EventIntake): BatchHandler {
  return async (deliveries, tx) => {
    const events = deliveries.map(({ body }) => parseStatusEvent(body));
    const { judged } = await intake.add(tx, events, FROM_QUEUE);
    return judged.map(settlementOf);
  };
}

function settlementOf(judgement: Judgement): Settlement {
  if (!isRefusal(judgement) || !FROM_QUEUE.isBuried(judgement)) return TAKEN;
  return { kind: 'dead', reason: judgement.reason, detail: judgement.detail };
}
