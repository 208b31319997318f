import type { Course } from '../course.js';
import type { Alert } from './alert.js';
import { judgeOf, nextState, percentOf } from './judge-condition.js';
import type { Judge } from './judge-condition.js';
import { PriceWindow } from './price-window.js';
import type { Sample } from './price-window.js';
import { changeOf, measureOf } from './threshold.js';
import type { Change } from './threshold.js';

/** An alert in memory. */
export interface Watched {
  alert: Alert;
  readonly judge: Judge;
  /** For changes. */
  readonly window: PriceWindow | undefined;
  /** What it turns to is being written: until then it is not looked at. */
  isTurning: boolean;
}

/** That an alert is to turn, and why. */
export interface Turn {
  watched: Watched;
  to: Alert['state'];
  course: Course;
  changePct: string | undefined;
}

/** The alerts by pair, and the prices that changes are measured from. */
export class WatchedAlerts {
  readonly #byId = new Map<string, Watched>();
  readonly #byPair = new Map<string, Set<Watched>>();
  readonly #windows = new Map<string, PriceWindow>();

  constructor(private readonly hysteresisBp: number) {}

  /**
   * Takes alerts as they are stored now, and forgets those that are no more; resolves to the windows that are new, with
   * the pair of each, to be filled with what is known from before.
   */
  load(alerts: readonly Alert[]): { pair: string; window: PriceWindow }[] {
    const windows = new Set(this.#windows.keys());
    const left = new Set(alerts.map(({ id }) => id as string));
    for (const [id, watched] of this.#byId) if (!left.has(id)) this.#forget(id, watched);
    for (const alert of alerts) this.#take(alert);
    this.#forgetWindows();
    return [...this.#windows]
      .filter(([key]) => !windows.has(key))
      .map(([key, window]) => ({ pair: key.slice(0, key.indexOf(' ')), window }));
  }

  /** The alerts of the pair that turn at this course, marked as turning. One that nobody vouches for turns none. */
  hear(course: Course, now: number): Turn[] {
    const watched = this.#byPair.get(course.direction);
    if (!watched || course.stale) return [];
    const measure = measureOf(course.valueText);
    const changes = this.#changes(watched, { at: now, measure });
    const turns: Turn[] = [];
    for (const one of watched) {
      const change = one.window && changes.get(one.window);
      const to = one.isTurning ? undefined : nextState(one.alert.state, one.judge({ now: measure, change }));
      if (to) turns.push({ watched: one, to, course, changePct: change && percentOf(change) });
    }
    for (const { watched: one } of turns) one.isTurning = true;
    return turns;
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
    this.#windows.clear();
  }

  /** How far the course is off the begin of each window, once for all that share one. */
  #changes(watched: ReadonlySet<Watched>, sample: Sample): Map<PriceWindow, Change | undefined> {
    const changes = new Map<PriceWindow, Change | undefined>();
    for (const { window } of watched) {
      if (!window || changes.has(window)) continue;
      window.add(sample);
      const base = window.base(sample.at);
      changes.set(window, base && changeOf(base, sample.measure));
    }
    return changes;
  }

  #take(alert: Alert): void {
    const known = this.#byId.get(alert.id);
    if (known) {
      if (alert.version > known.alert.version) known.alert = alert;
      return;
    }
    const judge = judgeOf(alert, this.hysteresisBp);
    const watched: Watched = { alert, judge, window: this.#windowOf(alert), isTurning: false };
    this.#byId.set(alert.id, watched);
    const ofPair = this.#byPair.get(alert.pair) ?? new Set();
    this.#byPair.set(alert.pair, ofPair.add(watched));
  }

  /** Alerts over the same time of the same pair share one. */
  #windowOf({ pair, windowS }: Alert): PriceWindow | undefined {
    if (windowS === null) return undefined;
    const key = `${pair} ${windowS}`;
    const window = this.#windows.get(key) ?? new PriceWindow(windowS * 1000);
    this.#windows.set(key, window);
    return window;
  }

  #forget(id: string, watched: Watched): void {
    this.#byId.delete(id);
    const ofPair = this.#byPair.get(watched.alert.pair);
    ofPair?.delete(watched);
    if (ofPair?.size === 0) this.#byPair.delete(watched.alert.pair);
  }

  #forgetWindows(): void {
    const used = new Set([...this.#byId.values()].map(({ window }) => window));
    for (const [key, window] of this.#windows) if (!used.has(window)) this.#windows.delete(key);
  }
}
