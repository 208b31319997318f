import type { Clock } from '../../../kernel/clock.js';
import type { EventLog, StoredEvent } from '../../../kernel/event.js';
import { newUuid } from '../../../kernel/ids.js';
import { inSlices } from '../../../kernel/slices.js';
import type { Transactions, Tx } from '../../../kernel/tx.js';
import { TxConflict } from '../../../kernel/tx.js';
import type { Endpoint } from '../endpoints/endpoint.js';
import type { EndpointsRepository } from '../endpoints/endpoints.repository.js';
import { mayBeDelivered } from '../endpoints/event-pattern.js';
import type { DeliveriesRepository, NewDelivery, Reader } from './deliveries.repository.js';
import { EventMatcher } from './match-events.js';
import { messageBody } from './message-body.js';
import { telegramText } from './telegram-text.js';
import type { SendTelegram } from './telegram-text.js';

/** Told that there are deliveries to be sent; of all replicas. */
export const DELIVERIES_CHANNEL = 'webhook-deliveries';

/** Event types that are only taken when `announce` is called; all others as they come. */
export const SCHEDULED_TYPES: readonly string[] = ['sensor.status-changed'];

const EVENTS_AT_ONCE = 500;
const DELIVERIES_AT_ONCE = 2_000;

export interface FanOutDeps {
  db: Transactions;
  clock: Clock;
  events: EventLog;
  repository: DeliveriesRepository;
  endpoints: Pick<EndpointsRepository, 'enabled'>;
  sendTelegram?: SendTelegram | undefined;
  /** Told how many deliveries were made. */
  onMade: (count: number) => void;
}

export interface FanOut {
  /** Takes the next events of the log; `isDone` when there were no more. Safe wherever, and however often at once. */
  step: (reader: Reader) => Promise<{ isDone: boolean; made: number; position: number }>;
  /** Events that were committed and not taken yet. */
  lag: () => Promise<number>;
}

interface Batch {
  deliveries: NewDelivery[];
  messages: { eventId: string; body: string }[];
  telegrams: { chatId: string; text: string; dedupeKey: string }[];
  /** Of the last event that was looked at. */
  position: number;
}

/**
 * Makes one delivery for each event and endpoint that wants it, in the transaction that moves the position in the
 * log. It holds only if position and endpoints are still those that were read, so that no event is taken twice, and
 * none is matched against endpoints of yesterday, whoever runs it.
 */
export function createFanOut(deps: FanOutDeps): FanOut {
  const { db, clock, events, repository } = deps;
  let known: { revision: number; matcher: EventMatcher } | undefined;

  async function matcherAt(revision: number): Promise<EventMatcher> {
    if (known?.revision !== revision) {
      known = { revision, matcher: new EventMatcher(await deps.endpoints.enabled()) };
    }
    return known.matcher;
  }

  async function step(reader: Reader): Promise<{ isDone: boolean; made: number; position: number }> {
    const state = await repository.state();
    const from = state[reader];
    const matcher = await matcherAt(state.revision);
    if (matcher.endpoints.length === 0) return skip(reader, from, state.revision);
    const read = await events.read(from, EVENTS_AT_ONCE);
    if (read.length === 0) return { isDone: true, made: 0, position: from };
    const batch = await matched(read, matcher, reader);
    const tx = db.begin();
    repository.advance(tx, reader, from, batch.position, state.revision);
    addBatch(tx, batch);
    if (!(await committed(tx))) return { isDone: false, made: 0, position: from };
    deps.onMade(batch.deliveries.length);
    const isDone = read.length < EVENTS_AT_ONCE && batch.position === read.at(-1)!.position;
    return { isDone, made: batch.deliveries.length, position: batch.position };
  }

  /** Nobody listens: what was said meanwhile is not for those who come later. */
  async function skip(reader: Reader, from: number, revision: number) {
    const position = await events.last();
    if (position <= from) return { isDone: true, made: 0, position: from };
    const tx = db.begin();
    repository.advance(tx, reader, from, position, revision);
    return { isDone: await committed(tx), made: 0, position };
  }

  async function matched(
    read: readonly StoredEvent[],
    matcher: EventMatcher,
    reader: Reader,
  ): Promise<Batch> {
    const isScheduled = reader === 'scheduled_position';
    const batch: Batch = { deliveries: [], messages: [], telegrams: [], position: 0 };
    await inSlices(clock, read, (event) => {
      if (batch.deliveries.length >= DELIVERIES_AT_ONCE) return;
      batch.position = event.position;
      if (SCHEDULED_TYPES.includes(event.type) !== isScheduled || !mayBeDelivered(event.type)) return;
      const wanting = matcher.of(event);
      if (wanting.length > 0) addEvent(batch, event, wanting);
    });
    return batch;
  }

  function addEvent(batch: Batch, event: StoredEvent, wanting: readonly Endpoint[]): void {
    const eventId = String(event.position);
    batch.messages.push({ eventId, body: messageBody(eventId, event) });
    for (const endpoint of wanting) {
      const isTelegram = endpoint.channel === 'telegram';
      if (isTelegram && !deps.sendTelegram) continue;
      const id = newUuid(clock.now());
      const state = isTelegram ? 'delivered' : 'pending';
      const { type: eventType, subject } = event;
      batch.deliveries.push({ id, endpointId: endpoint.id, eventId, eventType, subject, state });
      if (!isTelegram) continue;
      batch.telegrams.push({ chatId: endpoint.chatId!, text: telegramText(event), dedupeKey: id });
    }
  }

  function addBatch(tx: Tx, { messages, deliveries, telegrams }: Batch): void {
    if (deliveries.length === 0) return;
    const now = clock.now();
    repository.addMessages(tx, messages, now);
    repository.add(tx, deliveries, now);
    repository.promote(
      tx,
      deliveries.filter(({ state }) => state === 'pending'),
    );
    for (const telegram of telegrams) deps.sendTelegram?.(tx, telegram);
    db.nudgeAfter(tx, DELIVERIES_CHANNEL);
  }

  async function committed(tx: Tx): Promise<boolean> {
    try {
      await db.commit(tx);
      return true;
    } catch (error) {
      if (error instanceof TxConflict) return false;
      throw error;
    }
  }

  return {
    step,
    lag: async () => Math.max(0, (await events.last()) - (await repository.state()).position),
  };
}
