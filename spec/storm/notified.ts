import { verify } from '../support/webhook-receiver.js';
import type { Received, ReceivedEvent } from '../support/webhook-receiver.js';
import type { StoredEvent } from './stored-events.js';

/** What came to one endpoint, judged as it comes; held against what was stored at the end. */
export class Notified {
  requests = 0;
  readonly #faults = new Set<string>();
  /** By the id of the event. */
  readonly #told = new Map<string, { webhookId: string; body: string; isAccepted: boolean }>();
  readonly #eventOf = new Map<string, string>();
  /** By subject: ids of events in the order in which each came first. */
  readonly #orders = new Map<string, string[]>();

  constructor(
    readonly path: string,
    private readonly secret: string,
  ) {}

  /** Events that a request came for. */
  get events(): number {
    return this.#told.size;
  }

  /** Whether the event has come before; call it ahead of `take`. */
  knows(eventId: string): boolean {
    return this.#told.has(eventId);
  }

  /** A request, and whether it was answered with a 2xx. */
  take(request: Received, isAccepted: boolean): void {
    const { webhookId, body, event } = request;
    this.requests++;
    this.#checkSignature(request);
    this.#checkOrder(event);
    const told = this.#told.get(event.id) ?? { webhookId, body, isAccepted };
    if (told.webhookId !== webhookId)
      this.#fault(`event ${event.id} came as ${told.webhookId} and ${webhookId}`);
    if (told.body !== body)
      this.#fault(`event ${event.id} came with another body: ${told.body}, then ${body}`);
    const named = this.#eventOf.get(webhookId) ?? event.id;
    if (named !== event.id) this.#fault(`${webhookId} names the events ${named} and ${event.id}`);
    this.#eventOf.set(webhookId, named);
    this.#told.set(event.id, { ...told, isAccepted: told.isAccepted || isAccepted });
  }

  /** Every difference between what came and the events that are to be told, which stand in order. */
  faults(stored: readonly StoredEvent[]): string[] {
    const orders = new Map<string, string[]>();
    for (const event of stored) {
      this.#checkEvent(event);
      orders.set(event.subject, [...(orders.get(event.subject) ?? []), event.id]);
    }
    for (const [subject, came] of this.#orders) {
      const wanted = orders.get(subject) ?? [];
      const odd = came.findIndex((id, n) => id !== wanted[n]);
      if (odd >= 0) this.#fault(`of ${subject} came ${came[odd]} where ${wanted[odd]} was next`);
    }
    return [...this.#faults];
  }

  #checkSignature(request: Received): void {
    try {
      verify(this.secret, request);
    } catch (error) {
      this.#fault(`the signature of ${request.webhookId} is wrong: ${(error as Error).message}`);
    }
  }

  /** What came before a later one of its subject was settled then, and does not come again. */
  #checkOrder({ id, subject }: ReceivedEvent): void {
    const order = this.#orders.get(subject) ?? [];
    this.#orders.set(subject, order);
    if (order.at(-1) === id) return;
    if (this.#told.has(id)) this.#fault(`of ${subject} came ${id} again, after ${order.at(-1)}`);
    else order.push(id);
    const before = order.at(-2);
    if (before !== undefined && !this.#told.get(before)!.isAccepted) {
      this.#fault(`of ${subject} came ${id} before ${before} was accepted`);
    }
  }

  #checkEvent({ id, type, subject, data }: StoredEvent): void {
    const told = this.#told.get(id);
    if (!told?.isAccepted)
      return this.#fault(`event ${id} of ${subject} was ${told ? 'not accepted' : 'not told'}`);
    const came = JSON.parse(told.body) as ReceivedEvent;
    const isEqual = JSON.stringify(came.data) === JSON.stringify(JSON.parse(data));
    if (came.type !== type || came.subject !== subject || !isEqual) {
      this.#fault(`event ${id} is ${type} of ${subject} with ${data}, and came as ${told.body}`);
    }
  }

  #fault(what: string): void {
    this.#faults.add(`${this.path}: ${what}`);
  }
}
