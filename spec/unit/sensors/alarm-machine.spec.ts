import { expect } from 'chai';
import fc from 'fast-check';
import { IDLE, step } from '../../../src/modules/sensors/alarms/alarm-machine.js';
import type { Input, Watch } from '../../../src/modules/sensors/alarms/alarm-machine.js';
import type { AlarmRule } from '../../../src/modules/sensors/alarms/alarm-rule.js';

type Rule = Pick<AlarmRule, 'condition' | 'forMs'>;

interface Moment {
  input: Input;
  active: boolean;
  dueAt: number | null;
}

/** What happens in time, stored and read back between two looks as over a restart. */
function live(rule: Rule, inputs: readonly Input[]): Moment[] {
  let watch: Watch = IDLE;
  return inputs.map((input) => {
    const before = watch.active;
    const next = step(rule, JSON.parse(JSON.stringify(watch)) as Watch, input);
    watch = next.watch;
    expect(next.act).to.equal(before === watch.active ? null : watch.active ? 'raise' : 'clear');
    return { input, active: watch.active, dueAt: next.dueAt };
  });
}

const steps = fc.array(
  fc.record({ after: fc.integer({ min: 1, max: 40 }), to: fc.constantFrom('a', 'b', 'c', null) }),
  { minLength: 1, maxLength: 30 },
);

/** Changes are to another status each; all else only passes time. */
function inputsOf(made: readonly { after: number; to: string | null }[]): Input[] {
  let at = 1_000;
  let status: string | null = null;
  return made.map(({ after, to }): Input => {
    at += after;
    if (to === null || to === status) return { kind: 'tick', at };
    status = to;
    return { kind: 'changed', to, at };
  });
}

describe('The life of an alarm', () => {
  it('follows a status that holds for the whole of the time', () => {
    const rules = fc.record({
      statuses: fc.subarray(['a', 'b', 'c'], { minLength: 1 }),
      forMs: fc.constantFrom(0, 10, 50),
    });
    fc.assert(
      fc.property(rules, steps, ({ statuses, forMs }, made) => {
        const inputs = inputsOf(made);
        const rule: Rule = { condition: { kind: 'status', statuses }, forMs };
        let heldSince: number | null = null;
        for (const { input, active, dueAt } of live(rule, inputs)) {
          if (input.kind === 'changed') {
            heldSince = statuses.includes(input.to) ? (heldSince ?? input.at) : null;
          }
          const wanted: boolean = heldSince !== null && input.at - heldSince >= forMs;
          expect(active).to.equal(wanted);
          expect(dueAt).to.equal(heldSince !== null && !wanted ? heldSince + forMs : null);
        }
      }),
    );
  });

  it('follows a status that changes too often', () => {
    const rules = fc.record({ changes: fc.integer({ min: 2, max: 5 }), withinMs: fc.constantFrom(20, 60) });
    fc.assert(
      fc.property(rules, steps, ({ changes, withinMs }, made) => {
        const inputs = inputsOf(made);
        const rule: Rule = { condition: { kind: 'flapping', changes, withinMs }, forMs: 0 };
        const times: number[] = [];
        for (const { input, active, dueAt } of live(rule, inputs)) {
          if (input.kind === 'changed') times.push(input.at);
          const recent = times.filter((at) => at > input.at - withinMs);
          expect(active).to.equal(recent.length >= changes);
          expect(dueAt === null).to.equal(recent.length === 0);
          if (dueAt !== null) expect(dueAt).to.be.greaterThan(input.at);
        }
      }),
    );
  });

  it('needs no look but at changes and at the times that it names', () => {
    const rule: Rule = { condition: { kind: 'status', statuses: ['a', 'b'] }, forMs: 25 };
    fc.assert(
      fc.property(steps, (made) => {
        const changes = inputsOf(made).filter(({ kind }) => kind === 'changed');
        const end = (changes.at(-1)?.at ?? 0) + 1_000;
        let watch = IDLE;
        let dueAt: number | null = null;
        const turns: string[] = [];
        const take = (input: Input): void => {
          const next = step(rule, watch, input);
          if (next.act !== null) turns.push(`${next.act} ${input.at}`);
          ({ watch, dueAt } = next);
        };
        const passTo = (at: number): void => {
          while (dueAt !== null && dueAt <= at) take({ kind: 'tick', at: dueAt });
        };
        for (const input of changes) {
          passTo(input.at);
          take(input);
        }
        passTo(end);
        expect(turns).to.deep.equal(everyMoment(rule, changes, end));
      }),
    );
  });
});

/** The same, looked at in each millisecond. */
function everyMoment(rule: Rule, changes: readonly Input[], end: number): string[] {
  const turns: string[] = [];
  let watch = IDLE;
  let next = 0;
  for (let at = changes[0]?.at ?? end; at <= end; at++) {
    const due: Input[] = [{ kind: 'tick', at }];
    while (changes[next]?.at === at) due.push(changes[next++]!);
    for (const input of due) {
      const { watch: after, act } = step(rule, watch, input);
      if (act !== null) turns.push(`${act} ${at}`);
      watch = after;
    }
  }
  return turns;
}
