import type { Clock } from '../../../kernel/clock.js';
import { inSlices } from '../../../kernel/slices.js';
import type { Course } from '../course.js';
import type { Alert } from './alert.js';
import { PriceWindow } from './price-window.js';
import { ChangeQuantity, CourseQuantity, Watched } from './quantity.js';
import type { Crossing, Quantity } from './quantity.js';
import { measureOf } from './threshold.js';
import { linesOf } from './turning-lines.js';

/** A change that begins to be watched: what is known from before is to be put into its window. */
export interface NewChange {
  pair: string;
  change: ChangeQuantity;
}

/** What is watched of one pair. */
class PairQuantities {
  readonly course = new CourseQuantity();
  /** By the seconds of their windows: alerts over the same time share one. */
  readonly changes = new Map<number, ChangeQuantity>();

  /** What an alert compares with its lines. */
  of({ windowS }: Alert): Quantity {
    if (windowS === null) return this.course;
    const change = this.changes.get(windowS) ?? new ChangeQuantity(new PriceWindow(windowS * 1000));
    this.changes.set(windowS, change);
    return change;
  }

  /** Nobody is left: `true`. */
  leave({ quantity, alert: { windowS } }: Watched): boolean {
    quantity.users--;
    if (windowS !== null && quantity.users === 0) this.changes.delete(windowS);
    return this.course.users === 0 && this.changes.size === 0;
  }
}

/** The alerts by pair, and the prices that changes are measured from. */
export class WatchedAlerts {
  readonly #byId = new Map<string, Watched>();
  readonly #byPair = new Map<string, PairQuantities>();

  constructor(
    private readonly hysteresisBp: number,
    private readonly clock: Clock,
  ) {}

  /**
   * Takes alerts as they are stored now, and forgets those that are no more, of all or of those that were looked for, in
   * slices; resolves to the changes that are new.
   */
  async load(alerts: readonly Alert[], ids: Iterable<string> = this.#byId.keys()): Promise<NewChange[]> {
    const left = new Set<string>();
    await inSlices(this.clock, alerts, (alert) => {
      left.add(alert.id);
      this.#take(alert);
    });
    await inSlices(this.clock, ids, (id) => {
      const watched = left.has(id) ? undefined : this.#byId.get(id);
      if (watched) this.#forget(watched);
    });
    return this.#newChanges();
  }

  /** The alerts on the pair's course itself that turn at it. */
  hear(course: Course, at: number): Crossing[] {
    const { course: quantity } = this.#byPair.get(course.direction) ?? {};
    return quantity ? hearBy(quantity, course, at) : [];
  }

  /** Those on its changes: one step for each window. */
  *hearChanges(course: Course, at: number): Generator<Crossing[], undefined> {
    for (const change of this.#byPair.get(course.direction)?.changes.values() ?? [])
      yield hearBy(change, course, at);
  }

  /** What turned, or did not, waits again, as it is now. */
  settle(watched: Watched, alert: Alert): void {
    watched.alert = alert;
    watched.isTurning = false;
    if (this.has(watched)) watched.quantity.add(watched);
  }

  has(watched: Watched): boolean {
    return this.#byId.get(watched.alert.id) === watched;
  }

  /** The pairs that are waited for. */
  pairs(): string[] {
    return [...this.#byPair.keys()];
  }

  get size(): number {
    return this.#byId.size;
  }

  clear(): void {
    this.#byId.clear();
    this.#byPair.clear();
  }

  #take(alert: Alert): void {
    const known = this.#byId.get(alert.id);
    if (!known) return this.#add(alert);
    if (alert.version <= known.alert.version) return;
    if (known.isTurning) known.alert = alert;
    else {
      known.quantity.remove(known);
      this.settle(known, alert);
    }
  }

  #add(alert: Alert): void {
    const ofPair = this.#byPair.get(alert.pair) ?? new PairQuantities();
    this.#byPair.set(alert.pair, ofPair);
    const quantity = ofPair.of(alert);
    const watched = new Watched(alert, linesOf(alert, this.hysteresisBp), quantity);
    quantity.users++;
    this.#byId.set(alert.id, watched);
    quantity.add(watched);
  }

  #forget(watched: Watched): void {
    const { alert, quantity, isTurning } = watched;
    this.#byId.delete(alert.id);
    if (!isTurning) quantity.remove(watched);
    if (this.#byPair.get(alert.pair)?.leave(watched)) this.#byPair.delete(alert.pair);
  }

  #newChanges(): NewChange[] {
    return [...this.#byPair].flatMap(([pair, { changes }]) =>
      [...changes.values()].filter(({ isSeeded }) => !isSeeded).map((change) => ({ pair, change })),
    );
  }
}

/** Nothing turns at a course that nobody vouches for. */
export function hearBy(quantity: Quantity, course: Course, at: number): Crossing[] {
  return course.stale ? [] : quantity.hear({ at, measure: measureOf(course.valueText) });
}
