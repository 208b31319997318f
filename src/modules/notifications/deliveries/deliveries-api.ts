import type { Clock } from '../../../kernel/clock.js';
import { AppError, invalidInput } from '../../../kernel/errors.js';
import { isUuid, isUuidV7, newUuid, timeOfUuid } from '../../../kernel/ids.js';
import type { Transactions } from '../../../kernel/tx.js';
import type { Endpoint } from '../endpoints/endpoint.js';
import { endpointDisabled } from '../endpoints/endpoint.js';
import type { Caller, WebhooksApi } from '../endpoints/webhooks-api.js';
import type { Attempt, Delivery } from './delivery.js';
import { deliveryNotFound, deliveryRemoved } from './delivery.js';
import type { DeliveriesPage, DeliveriesQueries } from './deliveries.queries.js';
import type { DeliveriesRepository, Lane } from './deliveries.repository.js';
import { DELIVERIES_CHANNEL } from './fan-out.js';
import { messageBody } from './message-body.js';
import { telegramText } from './telegram-text.js';
import type { SendTelegram } from './telegram-text.js';

export interface DeliveriesApiDeps {
  db: Transactions;
  clock: Clock;
  queries: DeliveriesQueries;
  repository: DeliveriesRepository;
  webhooks: Pick<WebhooksApi, 'require'>;
  sendTelegram?: SendTelegram | undefined;
  /** How long deliveries are kept. */
  keepMs: number;
}

export interface ShownDelivery {
  delivery: Delivery;
  attempts: Attempt[];
  /** What is sent, as text. */
  body: string | undefined;
}

/** Which deliveries are to be sent again. */
export interface ResendRange {
  fromMs: number;
  toMs: number;
  state?: 'failed' | 'delivered';
}

export type DeliveriesApi = ReturnType<typeof createDeliveriesApi>;

export const TEST_TYPE = 'webhook.test';
const RESENT_AT_ONCE = 500;
/** Of one call. */
const MOST_RESENT = 10_000;

export function createDeliveriesApi(deps: DeliveriesApiDeps) {
  const { db, clock, queries, repository, webhooks } = deps;

  /** With its endpoint, which the caller must be able to see. */
  async function require(id: string, caller: Caller): Promise<Delivery> {
    const delivery = isUuid(id) ? await queries.get(id) : undefined;
    if (delivery) {
      await webhooks.require(delivery.endpointId, caller).catch(() => {
        throw deliveryNotFound();
      });
      return delivery;
    }
    throw isUuidV7(id) && timeOfUuid(id) < clock.now() - deps.keepMs ? deliveryRemoved() : deliveryNotFound();
  }

  async function sendAgain(found: readonly (Lane & { seq: number })[]): Promise<void> {
    const tx = db.begin();
    repository.lock(tx);
    repository.resend(
      tx,
      found.map(({ seq }) => seq),
      clock.now(),
    );
    repository.promote(tx, found);
    db.nudgeAfter(tx, DELIVERIES_CHANNEL);
    await db.commit(tx);
  }

  return {
    require,
    list: (page: DeliveriesPage): Promise<Delivery[]> => queries.page(page),

    async show(id: string, caller: Caller): Promise<ShownDelivery> {
      const delivery = await require(id, caller);
      const [attempts, body] = await Promise.all([
        queries.attempts(delivery.seq),
        queries.bodyOf(delivery.eventId),
      ]);
      return { delivery, attempts, body };
    },

    /**
     * Puts one on its way again, under the same id, with the whole retry schedule before it; one that is still on its
     * way is tried at once. Rejects where its webhook is disabled.
     */
    async resend(id: string, caller: Caller): Promise<Delivery> {
      const delivery = await require(id, caller);
      requireSendable(await webhooks.require(delivery.endpointId, caller));
      await sendAgain([delivery]);
      return require(id, caller);
    },

    /** The oldest 10,000 that ended, of those that were made in a range of time; `more` where there are others. */
    async resendRange(endpoint: Endpoint, range: ResendRange): Promise<{ resent: number; more: boolean }> {
      if (range.toMs <= range.fromMs)
        throw invalidInput([{ pointer: '/to', detail: 'must be later than from' }]);
      requireSendable(endpoint);
      let [resent, after] = [0, 0];
      while (resent < MOST_RESENT) {
        const page = { ...range, endpointId: endpoint.id, limit: RESENT_AT_ONCE, after };
        const found = await queries.ended(page);
        if (found.length > 0) await sendAgain(found);
        resent += found.length;
        after = found.at(-1)?.seq ?? after;
        if (found.length < RESENT_AT_ONCE) return { resent, more: false };
      }
      return { resent, more: true };
    },

    /** An event of the type `webhook.test`, to this endpoint alone. */
    async test(endpoint: Endpoint, caller: Caller): Promise<Delivery> {
      requireEnabled(endpoint);
      const now = clock.now();
      const [id, eventId] = [newUuid(now), newUuid(now)];
      // A subject of its own: it waits for no other.
      const event = {
        type: TEST_TYPE,
        subject: `webhook-tests/${id}`,
        time: now,
        data: testData(endpoint, caller),
      };
      const isTelegram = endpoint.channel === 'telegram';
      const delivery = { id, endpointId: endpoint.id, eventId, eventType: TEST_TYPE, subject: event.subject };
      const tx = db.begin();
      repository.lock(tx);
      repository.addMessages(tx, [{ eventId, body: messageBody(eventId, event) }], now);
      repository.add(tx, [{ ...delivery, state: isTelegram ? 'delivered' : 'pending' }], now);
      if (isTelegram) {
        deps.sendTelegram?.(tx, { chatId: endpoint.chatId!, text: telegramText(event), dedupeKey: id });
      }
      repository.promote(tx, [delivery]);
      db.nudgeAfter(tx, DELIVERIES_CHANNEL);
      await db.commit(tx);
      return require(id, caller);
    },
  };
}

function testData({ id }: Endpoint, { name }: Caller): string {
  return JSON.stringify({ webhook_id: id, message: 'This is a test.', sent_by: name });
}

function requireEnabled({ enabled }: Endpoint): void {
  if (!enabled) throw endpointDisabled();
}

function requireSendable(endpoint: Endpoint): void {
  requireEnabled(endpoint);
  if (endpoint.channel === 'webhook') return;
  const message = 'What went to Telegram is not sent again';
  throw new AppError(message, { code: 'deliveries.not-resendable', kind: 'conflict' });
}
