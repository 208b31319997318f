import type { Clock } from '../../kernel/clock.js';
import type { EventLog, NewEvent } from '../../kernel/event.js';
import type { Tx } from '../../kernel/tx.js';
import { deliveryView } from './deliveries/delivery-view.js';
import type { Judgement } from './sending/judge-answer.js';

export interface DeliveryEventsDeps {
  clock: Clock;
  events: EventLog;
  /** Whether anybody on this replica would hear an event of the subject. */
  isWatched: (subject: string) => boolean;
  /** Tells those who listen on this replica; not stored. */
  tell: (event: NewEvent) => void;
}

/** What is said of deliveries: failures in the event log, all else to those alone who listen here. */
export function createDeliveryEvents({ clock, events, isWatched, tell }: DeliveryEventsDeps) {
  return {
    /** Adds the events of failures to the transaction that stores them. */
    store: (tx: Tx, judged: readonly Judgement[]): void => {
      for (const one of judged) if (one.settled.state === 'failed') events.append(tx, eventOf(one));
    },
    tell: (judged: readonly Judgement[]): void => {
      for (const one of judged) {
        if (one.settled.state !== 'failed' && isWatched(subjectOf(one))) tell(eventOf(one));
      }
    },
  };

  function eventOf(judgement: Judgement): NewEvent {
    const { delivery, settled } = judgement;
    const data = deliveryView({
      ...delivery,
      ...{ state: settled.state, isHead: settled.state === 'pending', dueAt: settled.dueAt },
      ...{ attempts: settled.number, lastStatus: settled.status, lastError: settled.error },
      endedAt: settled.state === 'pending' ? null : settled.at + settled.durationMs,
    });
    const type = settled.state === 'pending' ? 'delivery.retrying' : `delivery.${settled.state}`;
    return { type, subject: subjectOf(judgement), time: clock.now(), data: JSON.stringify(data) };
  }

  function subjectOf({ delivery }: Judgement): string {
    return `deliveries/${delivery.id}`;
  }
}
