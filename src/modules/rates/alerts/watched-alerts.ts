import type { Course } from '../course.js';
import type { Alert } from './alert.js';
import { judgeOf, nextState } from './judge-condition.js';
import type { Judge } from './judge-condition.js';
import { PriceWindow } from './price-window.js';
import type { Sample } from './price-window.js';
import { measureOf } from './threshold.js';
import type { Measure } from './threshold.js';

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
    const sample: Sample = { at: now, measure };
    const turns: Turn[] = [];
    for (const one of watched) {
      one.window?.add(sample);
      const turn = one.isTurning ? undefined : turnOf(one, measure, now);
      if (turn) turns.push({ ...turn, watched: one, course });
    }
    for (const turn of turns) turn.watched.isTurning = true;
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

function turnOf(
  { alert, judge, window }: Watched,
  now: Measure,
  at: number,
): Pick<Turn, 'to' | 'changePct'> | undefined {
  const judgement = judge({ now, base: window?.base(at) });
  const to = nextState(alert.state, judgement);
  return to && { to, changePct: judgement.changePct };
}
