import { expect } from 'chai';
import fc from 'fast-check';
import type { StoredEvent } from '../../../src/kernel/event.js';
import type { Outcome, Task } from '../../../src/modules/tasks/index.js';
import type { Ledger } from './ledger.js';
import { newTask, onEachDatabase } from './ledger.js';
import { DONE, ScriptedRunner, failed } from './scripted-runner.js';

type Step =
  | { do: 'submit'; lane: string | undefined; notBeforeMs: number; deadlineMs: number }
  | { do: 'cancel'; which: number }
  | { do: 'end'; which: number; outcome: Outcome }
  | { do: 'advance'; ms: number };

const which = fc.nat({ max: 11 });
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({
    do: fc.constant('submit' as const),
    lane: fc.constantFrom(undefined, 'a', 'b'),
    notBeforeMs: fc.constantFrom(0, 0, 1_500),
    deadlineMs: fc.constantFrom(600_000, 600_000, 3_000),
  }),
  fc.record({ do: fc.constant('cancel' as const), which }),
  fc.record({
    do: fc.constant('end' as const),
    which,
    outcome: fc.constantFrom(DONE, failed(true), failed(true), failed(false)),
  }),
  fc.record({ do: fc.constant('advance' as const), ms: fc.constantFrom(0, 300, 1_200) }),
);
/** Steps of one burst are taken at the same time. */
const bursts = fc.array(fc.array(step, { minLength: 1, maxLength: 6 }), { minLength: 2, maxLength: 8 });

const EVENT_OF: Record<string, string> = {
  'null>pending': 'task.created',
  'pending>in_work': 'task.started',
  'in_work>pending': 'task.retrying',
  'in_work>completed': 'task.completed',
  'in_work>error': 'task.failed',
  'pending>error': 'task.failed',
  'in_work>cancelled': 'task.cancelled',
  'pending>cancelled': 'task.cancelled',
};

/** Takes steps on a ledger, in any state that it is in. */
class Player {
  readonly tasks: Task[] = [];

  constructor(
    private readonly ledger: Ledger,
    private readonly runner: ScriptedRunner,
  ) {}

  async take(step: Step): Promise<void> {
    const { api, clock } = this.ledger;
    if (step.do === 'advance') clock.advance(step.ms);
    else if (step.do === 'end') this.runner.started.at(-1 - step.which)?.end(step.outcome);
    else if (step.do === 'submit') {
      const now = clock.now();
      const { lane, notBeforeMs, deadlineMs } = step;
      const times = { notBefore: now + notBeforeMs, deadlineAt: now + deadlineMs };
      this.tasks.push(await api.submit(newTask({ ...times, ...(lane !== undefined && { lane }) })));
    } else {
      const task = this.tasks[step.which % this.tasks.length];
      const seen = task && (await api.require(task.id));
      if (seen) await api.cancel(seen, 'a spec').catch(() => undefined);
    }
  }

  /** Lets everything come to its end. */
  async drain(): Promise<Task[]> {
    const { api } = this.ledger;
    return this.ledger.pass('everything to end', 500, async () => {
      for (const attempt of this.runner.started) attempt.end(DONE);
      const now = await Promise.all(this.tasks.map(({ id }) => api.require(id)));
      return now.every(({ endedAt }) => endedAt !== null) && now;
    }) as Promise<Task[]>;
  }
}

async function checkTask(ledger: Ledger, task: Task, events: readonly StoredEvent[]): Promise<void> {
  const history = await ledger.api.history(task.id);
  const moves = history.filter(({ reason }) => reason !== 'cancel requested');
  moves.forEach(({ from }, index) => expect(from).to.equal(index === 0 ? null : moves[index - 1]!.to));
  expect(moves.at(-1)).to.include({ to: task.state, at: task.endedAt, attempt: task.attempt });
  const ends = moves.filter(({ to }) => to !== 'pending' && to !== 'in_work');
  expect(ends).to.have.length(1);
  const starts = moves.filter(({ to }) => to === 'in_work').map(({ attempt }) => attempt);
  expect(starts).to.deep.equal(starts.map((_, index) => index + 1));
  const told = events.filter(({ subject }) => subject === `tasks/${task.id}`).map(({ type }) => type);
  expect(told).to.deep.equal(moves.map(({ from, to }) => EVENT_OF[`${from}>${to}`]));
  expect((await ledger.api.result(task.id)) !== undefined).to.equal(task.state === 'completed');
}

/** No two attempts of a lane at the same time: a start follows the end of what was started before. */
function checkLanes(tasks: readonly Task[], events: readonly StoredEvent[]): void {
  for (const lane of ['a', 'b']) {
    const own = new Set(tasks.filter((task) => task.lane === lane).map(({ id }) => `tasks/${id}`));
    let running: string | undefined;
    for (const { type, subject } of events) {
      if (!own.has(subject)) continue;
      if (type === 'task.started') expect(running).to.equal(undefined);
      if (type === 'task.started') running = subject;
      else if (subject === running) running = undefined;
    }
  }
}

describe('A task', () => {
  onEachDatabase((bench) => {
    it('ends exactly once, whatever happens at the same time, and its history and events tell it', async function () {
      this.timeout(60_000);
      const property = fc.asyncProperty(bursts, async (plan) => {
        const runner = new ScriptedRunner({ heeds: false, concurrency: 3, maxAttempts: 3 });
        const ledger = await bench.start({ runners: [runner] });
        const position = await ledger.events.last();
        const player = new Player(ledger, runner);
        for (const burst of plan) await Promise.all(burst.map((one) => player.take(one)));
        const tasks = await player.drain();
        await ledger.stop();
        const follower = bench.make({ clock: ledger.clock });
        await follower.events.start();
        const count = (await Promise.all(tasks.map(({ id }) => follower.story(id))))
          .flat()
          .filter((line) => !line.endsWith('cancel requested')).length;
        const events = await follower.pass('all events', 500, async () => {
          const seen = await follower.events.read(position, 1_000);
          return seen.length >= count && seen;
        });
        const numbers = (events as StoredEvent[]).map((event) => event.position);
        expect(numbers).to.deep.equal(numbers.map((_, index) => (numbers[0] ?? 0) + index));
        for (const task of tasks) await checkTask(follower, task, events as StoredEvent[]);
        checkLanes(tasks, events as StoredEvent[]);
        expect(runner.mostAtOnce).to.be.at.most(3);
        await follower.stop();
      });
      await fc.assert(property, { numRuns: 25, interruptAfterTimeLimit: 25_000, endOnFailure: true });
    });

    it('ends once under a hundred cancels and completions at once', async () => {
      const runner = new ScriptedRunner({ heeds: false, concurrency: 50 });
      const ledger = await bench.start({ runners: [runner] });
      const tasks = await Promise.all(Array.from({ length: 50 }, () => ledger.api.submit(newTask())));
      for (let ran = 0; ran < tasks.length; ran++) await runner.next();
      const cancels = tasks.map((task) => ledger.api.cancel(task, 'a spec').catch(() => undefined));
      runner.started.forEach((attempt, n) => attempt.end(n % 2 === 0 ? DONE : failed(true)));
      await Promise.all(cancels);
      const ended = await ledger.pass('all to end', 500, async () => {
        runner.started.forEach((attempt) => attempt.end(DONE));
        const now = await Promise.all(tasks.map(({ id }) => ledger.api.require(id)));
        return now.every(({ endedAt }) => endedAt !== null) && now;
      });
      for (const task of ended as Task[]) {
        const endings = (await ledger.api.history(task.id)).filter(
          ({ to }) => to !== 'pending' && to !== 'in_work',
        );
        expect(endings).to.have.length(1);
        expect(endings[0]?.to).to.equal(task.state);
      }
    });
  });
});
