import { expect } from 'chai';
import fc from 'fast-check';
import { AppError } from '../../../src/kernel/errors.js';
import { BATCH_STATES } from '../../../src/modules/equipment/batches/batch.js';
import type { BatchState, Counts } from '../../../src/modules/equipment/batches/batch.js';
import { acted, nextStep } from '../../../src/modules/equipment/batches/batch-course.js';
import type { BatchAct, Standing } from '../../../src/modules/equipment/batches/batch-course.js';

type Device = 'waiting' | 'running' | 'completed' | 'failed' | 'cancelled';

/** A batch in memory: what the leader does, what devices answer and what people want, one after the other. */
class Course {
  batch: Standing & { counts: Counts };
  readonly devices: Device[];
  mostRunning = 0;
  failedAtResume = 0;

  constructor(options: Pick<Standing, 'total' | 'canary' | 'stopAtFailureShare' | 'inFlight'>) {
    this.devices = Array.from({ length: options.total }, () => 'waiting');
    this.batch = {
      ...options,
      ...{ state: 'running', canaryPassed: options.canary === 0, forgiven: { ended: 0, failed: 0 } },
      counts: this.counts(),
    };
  }

  counts(): Counts {
    const counts = { waiting: 0, running: 0, completed: 0, failed: 0, cancelled: 0 };
    for (const device of this.devices) counts[device]++;
    return counts;
  }

  lead(): void {
    const { canary } = this.batch;
    const canaryLeft = this.devices
      .slice(0, canary)
      .filter((one) => one === 'waiting' || one === 'running').length;
    const step = nextStep(this.batch, { counts: this.counts(), canaryLeft });
    const scope = step.canaryPassed ? this.devices.length : canary;
    for (let fed = 0, at = 0; fed < step.feed; at++) {
      expect(at, 'a device to be fed').to.be.below(scope);
      if (this.devices[at] !== 'waiting') continue;
      this.devices[at] = 'running';
      fed++;
    }
    if (step.state === 'cancelling')
      this.devices.forEach((one, at) => one === 'waiting' && (this.devices[at] = 'cancelled'));
    this.batch = { ...this.batch, state: step.state, canaryPassed: step.canaryPassed, counts: this.counts() };
    this.mostRunning = Math.max(this.mostRunning, this.counts().running);
  }

  answer(which: number, well: boolean): void {
    const running = this.devices.flatMap((one, at) => (one === 'running' ? [at] : []));
    const at = running[which % running.length];
    if (at !== undefined) this.devices[at] = well ? 'completed' : 'failed';
  }

  act(act: BatchAct): boolean {
    const before = this.batch.state;
    try {
      this.batch = acted({ ...this.batch, counts: this.counts() }, act);
    } catch (error) {
      expect(error).to.be.instanceOf(AppError);
      expect((error as AppError).kind).to.equal('conflict');
      expect(this.batch.state).to.equal(before);
      return false;
    }
    if (act === 'retry')
      this.devices.forEach((one, at) => one === 'failed' && (this.devices[at] = 'waiting'));
    return true;
  }
}

type Move =
  { kind: 'lead' } | { kind: 'answer'; which: number; well: boolean } | { kind: 'act'; act: BatchAct };

const moves: fc.Arbitrary<Move> = fc.oneof(
  { weight: 5, arbitrary: fc.constant({ kind: 'lead' } as const) },
  {
    weight: 8,
    arbitrary: fc.record({ kind: fc.constant('answer' as const), which: fc.nat(100), well: fc.boolean() }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('act' as const),
      act: fc.constantFrom<BatchAct[]>('pause', 'resume', 'cancel', 'retry'),
    }),
  },
);

const options = fc.record({
  total: fc.integer({ min: 1, max: 60 }),
  canary: fc.integer({ min: 0, max: 70 }),
  stopAtFailureShare: fc.double({ min: 0.05, max: 1, noNaN: true }),
  inFlight: fc.integer({ min: 1, max: 20 }),
});

const NEXT: Readonly<Record<BatchState, readonly BatchState[]>> = {
  running: ['running', 'paused', 'stopped', 'cancelling', 'completed'],
  paused: ['paused', 'running', 'cancelling'],
  stopped: ['stopped', 'running', 'cancelling'],
  cancelling: ['cancelling', 'cancelled'],
  completed: ['completed'],
  cancelled: ['cancelled'],
};

describe('the course of a batch', () => {
  it('goes from state to state as drawn, never has more in flight than allowed, and keeps every device in one place', () => {
    fc.assert(
      fc.property(options, fc.array(moves, { maxLength: 200 }), (given, story) => {
        const course = new Course(given);
        for (const move of story) {
          const before = course.batch.state;
          if (move.kind === 'lead') course.lead();
          else if (move.kind === 'answer') course.answer(move.which, move.well);
          else course.act(move.act);
          const { state, canaryPassed } = course.batch;
          expect(NEXT[before], `${before} to ${state}`).to.include(state);
          const counts = course.counts();
          expect(Object.values(counts).reduce((sum, n) => sum + n, 0)).to.equal(given.total);
          expect(counts.running).to.be.at.most(given.inFlight);
          if (!canaryPassed)
            expect(counts.completed + counts.failed + counts.running).to.be.at.most(given.canary);
          if (state === 'completed' || state === 'cancelled')
            expect(counts.waiting + counts.running).to.equal(0);
        }
      }),
      { numRuns: 500 },
    );
  });

  it('ends, whatever has happened, once it is let go on and devices answer', () => {
    fc.assert(
      fc.property(options, fc.array(moves, { maxLength: 60 }), fc.boolean(), (given, story, well) => {
        const course = new Course(given);
        for (const move of story) {
          if (move.kind === 'lead') course.lead();
          else if (move.kind === 'answer') course.answer(move.which, move.well);
          else course.act(move.act);
        }
        for (let n = 0; n < 2_000 && !['completed', 'cancelled'].includes(course.batch.state); n++) {
          if (course.batch.state === 'paused' || course.batch.state === 'stopped') course.act('resume');
          course.lead();
          course.answer(n, well);
        }
        expect(['completed', 'cancelled']).to.include(course.batch.state);
      }),
      { numRuns: 300 },
    );
  });

  it('stops within what is in flight once the share of failures is reached', () => {
    fc.assert(
      fc.property(options, (given) => {
        const course = new Course({ ...given, canary: 0, total: 60 });
        for (let n = 0; n < 500 && course.batch.state === 'running'; n++) {
          course.lead();
          course.answer(n, false);
        }
        expect(course.batch.state).to.equal('stopped');
        expect(course.counts().failed).to.be.at.most(10 + given.inFlight);
      }),
    );
  });

  it('takes an act only in the states that it is for', () => {
    const allowed: Record<BatchAct, BatchState[]> = {
      pause: ['running'],
      resume: ['paused', 'stopped'],
      cancel: ['running', 'paused', 'stopped'],
      retry: ['running', 'paused', 'stopped'],
    };
    for (const [act, states] of Object.entries(allowed) as [BatchAct, BatchState[]][]) {
      for (const state of BATCH_STATES) {
        const course = new Course({ total: 3, canary: 0, stopAtFailureShare: 1, inFlight: 1 });
        course.batch = { ...course.batch, state };
        expect(course.act(act), `${act} while ${state}`).to.equal(states.includes(state));
      }
    }
  });
});
