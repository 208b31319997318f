import { topicsOf } from './topic-name.js';

/** An event as the channel gives it: serialised once, for all who will see it. */
export interface ToldEvent {
  readonly subject: string;
  /** The CloudEvent. */
  readonly json: string;
}

/** One as the channel keeps it. */
export interface RecentEvent extends ToldEvent {
  readonly position: number;
  /** Characters that it keeps, about. */
  readonly size: number;
}

export interface RecentLimits {
  events: number;
  /** Characters of JSON. */
  size: number;
}

/** The newest events in memory, so that most who resume need no database. Positions follow each other without a hole. */
export class RecentEvents {
  /** Oldest first, from `#start`. */
  #events: RecentEvent[] = [];
  #start = 0;
  #size = 0;
  readonly #bySubject = new Map<string, RecentEvent[]>();
  #head: number;

  constructor(
    private readonly limits: RecentLimits,
    head = 0,
  ) {
    this.#head = head;
  }

  /** Of the newest event that was added, or where the adding begins. */
  get head(): number {
    return this.#head;
  }

  /** Begins anew behind a position. */
  restart(head: number): void {
    this.#events = [];
    this.#start = this.#size = 0;
    this.#bySubject.clear();
    this.#head = head;
  }

  add(event: RecentEvent): void {
    // A number that was never used: what lies before it cannot be counted back to.
    if (event.position !== this.#head + 1) this.restart(event.position - 1);
    this.#events.push(event);
    this.#size += event.size;
    this.#head = event.position;
    for (const topic of topicsOf(event.subject).slice(1)) {
      const own = this.#bySubject.get(topic);
      if (own) own.push(event);
      else this.#bySubject.set(topic, [event]);
    }
    while (this.#length > this.limits.events || this.#size > this.limits.size) this.#dropOldest();
  }

  /** Whether all that came after a position is here. */
  reachesBackTo(position: number): boolean {
    return position >= this.#head - this.#length;
  }

  /** At most `limit` events of a topic after a position, oldest first; where `reachesBackTo` says so they are all there. */
  after(topic: string, position: number, limit: number): RecentEvent[] {
    if (topic.includes('.')) {
      const own = this.#bySubject.get(topic) ?? [];
      return own.filter((event) => event.position > position).slice(0, limit);
    }
    const found: RecentEvent[] = [];
    const first = this.#start + Math.max(0, this.#length - (this.#head - position));
    for (let at = first; at < this.#events.length && found.length < limit; at++) {
      const event = this.#events[at]!;
      if (topicsOf(event.subject)[0] === topic) found.push(event);
    }
    return found;
  }

  get #length(): number {
    return this.#events.length - this.#start;
  }

  #dropOldest(): void {
    const oldest = this.#events[this.#start++]!;
    this.#size -= oldest.size;
    for (const topic of topicsOf(oldest.subject).slice(1)) {
      const own = this.#bySubject.get(topic)!;
      if (own.length > 1) own.shift();
      else this.#bySubject.delete(topic);
    }
    // The array is cut now and then, not at each event.
    if (this.#start > 1_000 && this.#start * 2 > this.#events.length) {
      this.#events = this.#events.slice(this.#start);
      this.#start = 0;
    }
  }
}
