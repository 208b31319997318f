import { expect } from 'chai';
import fc from 'fast-check';
import type { Uuid } from '../../../../src/kernel/ids.js';
import type { Alert, AlertOp, AlertState } from '../../../../src/modules/rates/alerts/alert.js';
import type { Crossing } from '../../../../src/modules/rates/alerts/quantity.js';
import { hearBy, WatchedAlerts } from '../../../../src/modules/rates/alerts/watched-alerts.js';
import type { Course } from '../../../../src/modules/rates/course.js';
import { ManualClock } from '../../../support/manual-clock.js';

const HYSTERESIS_BP = 100n;

interface Wanted {
  op: AlertOp;
  /** A whole number, so that the plain rules can be counted in whole numbers. */
  value: number;
  windowS: number;
  state: AlertState;
}

function alertOf({ op, value, windowS, state }: Wanted, index: number): Alert {
  return {
    ...{ id: `alert-${index}` as Uuid, pair: 'BTC-USDT', op, value: String(value) },
    ...{ windowS: op === 'change_pct' ? windowS : null, channels: [], number: null, state },
    ...{ firedAt: null, firedValue: null, firedCount: 0, createdAt: 0, createdBy: 'spec', version: 1 },
  };
}

function courseOf(value: number): Course {
  return {
    exchanger: 'spec',
    direction: 'BTC-USDT',
    valueText: String(value),
    at: 0,
    receivedAt: 0,
    stale: false,
  };
}

async function watching(alerts: readonly Alert[]): Promise<WatchedAlerts> {
  const watched = new WatchedAlerts(Number(HYSTERESIS_BP), new ManualClock());
  for (const { change } of await watched.load(alerts)) change.seed([]);
  return watched;
}

/** Has all of them turn at once, as if written. */
function turnAll(watched: WatchedAlerts, crossings: readonly Crossing[]): string[] {
  return crossings.flatMap(({ to, watched: turned }) =>
    turned.map((one) => {
      watched.settle(one, { ...one.alert, state: to, version: one.alert.version + 1 });
      return `${one.alert.id} ${to}`;
    }),
  );
}

/** Every alert by itself, by the table of the guide. */
class Plain {
  readonly #states = new Map<string, AlertState>();
  readonly #heard: { at: number; value: number }[] = [];

  constructor(private readonly alerts: readonly Alert[]) {
    for (const { id, state } of alerts) this.#states.set(id, state);
  }

  hear(value: number, at: number): string[] {
    this.#heard.push({ at, value });
    return this.alerts.flatMap((alert) => {
      const state = this.#states.get(alert.id)!;
      const to = this.#next(alert, state, BigInt(value), at);
      if (to === state) return [];
      this.#states.set(alert.id, to);
      return [`${alert.id} ${to}`];
    });
  }

  #next({ op, value, windowS }: Alert, state: AlertState, now: bigint, at: number): AlertState {
    const level = BigInt(value);
    const base = windowS === null ? 1n : BigInt(this.#baseOf(windowS, at));
    const moved = (now > base ? now - base : base - now) * 100n;
    const { fires, clears } = {
      above: { fires: now > level, clears: now * 10_000n <= level * (10_000n - HYSTERESIS_BP) },
      below: { fires: now < level, clears: now * 10_000n >= level * (10_000n + HYSTERESIS_BP) },
      change_pct: { fires: moved >= level * base, clears: moved * 2n < level * base },
    }[op];
    if (state === 'armed') return fires ? 'fired' : 'armed';
    return clears ? 'armed' : 'fired';
  }

  /** Courses come further apart than a hundredth of any window here, so that all are kept. */
  #baseOf(windowS: number, at: number): number {
    const before = this.#heard.filter((one) => one.at <= at - windowS * 1_000);
    return (before.at(-1) ?? this.#heard[0]!).value;
  }
}

const wanted: fc.Arbitrary<Wanted> = fc.record({
  op: fc.constantFrom<AlertOp>('above', 'below', 'change_pct'),
  value: fc.integer({ min: 1, max: 300 }),
  windowS: fc.constantFrom(60, 61, 300),
  state: fc.constantFrom<AlertState>('armed', 'fired'),
});
const steps = fc.array(
  fc.record({ value: fc.integer({ min: 1, max: 320 }), after: fc.integer({ min: 3_000, max: 90_000 }) }),
  { maxLength: 40 },
);

describe('Watched alerts', () => {
  it('turn at each course as they do when every one is judged by itself', async () => {
    const property = fc.asyncProperty(fc.array(wanted, { maxLength: 60 }), steps, async (all, courses) => {
      const alerts = all.map(alertOf);
      const watched = await watching(alerts);
      const plain = new Plain(alerts);
      let at = 0;
      for (const { value, after } of courses) {
        at += after;
        const course = courseOf(value);
        const crossings = [watched.hear(course, at), ...watched.hearChanges(course, at)].flat();
        expect(turnAll(watched, crossings)).to.have.members(plain.hear(value, at));
      }
    });
    await fc.assert(property);
  });

  it('are as many as are stored, and turn as those do, whichever were added, removed and changed', async () => {
    const sets = fc.array(fc.array(fc.tuple(fc.nat(20), wanted), { maxLength: 20 }), {
      minLength: 1,
      maxLength: 6,
    });
    const property = fc.asyncProperty(sets, fc.integer({ min: 1, max: 320 }), async (versions, value) => {
      const watched = new WatchedAlerts(Number(HYSTERESIS_BP), new ManualClock());
      const made = new Map<number, Wanted>();
      let stored: Alert[] = [];
      for (const [index, set] of versions.entries()) {
        const states = new Map(set);
        for (const [id, one] of states) if (!made.has(id)) made.set(id, one);
        stored = [...states].map(([id, { state }]) => ({
          ...alertOf({ ...made.get(id)!, state }, id),
          version: index + 1,
        }));
        for (const { change } of await watched.load(stored)) change.seed([]);
        expect(watched.size).to.equal(stored.length);
      }
      const crossings = watched.hear(courseOf(value), 0);
      const levels = stored.filter(({ windowS }) => windowS === null);
      expect(turnAll(watched, crossings)).to.have.members(new Plain(levels).hear(value, 0));
      await watched.load([]);
      expect([watched.size, watched.pairs()]).to.deep.equal([0, []]);
    });
    await fc.assert(property);
  });

  it('are not told again while they turn, and by the course of then after that', async () => {
    const watched = await watching([alertOf({ op: 'above', value: 100, windowS: 60, state: 'armed' }, 1)]);
    const [crossing] = watched.hear(courseOf(101), 0);
    const one = crossing!.watched[0]!;
    expect(watched.hear(courseOf(102), 1)).to.deep.equal([]);
    watched.settle(one, one.alert);
    expect(hearBy(one.quantity, { ...courseOf(103), stale: true }, 2)).to.deep.equal([]);
    expect(hearBy(one.quantity, courseOf(103), 2).map(({ to }) => to)).to.deep.equal(['fired']);
  });

  it('that went while they turned do not come back', async () => {
    const watched = await watching([alertOf({ op: 'below', value: 100, windowS: 60, state: 'armed' }, 1)]);
    const [one] = watched.hear(courseOf(99), 0)[0]!.watched;
    await watched.load([]);
    watched.settle(one!, one!.alert);
    expect(hearBy(one!.quantity, courseOf(99), 1)).to.deep.equal([]);
    expect(watched.size).to.equal(0);
  });

  it('on a change turn at nothing before it is known what the course was', async () => {
    const watched = new WatchedAlerts(Number(HYSTERESIS_BP), new ManualClock());
    const alert = alertOf({ op: 'change_pct', value: 10, windowS: 60, state: 'fired' }, 1);
    const [added] = await watched.load([alert]);
    const heard = (at: number) => [...watched.hearChanges(courseOf(111), at)].flat();
    expect(heard(50_000)).to.deep.equal([]);
    added!.change.seed([]);
    expect(heard(51_000).map(({ to, changePct }) => [to, changePct])).to.deep.equal([['armed', '+0']]);
  });
});
