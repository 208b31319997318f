import { expect } from 'chai';
import fc from 'fast-check';
import { AppError } from '../../../src/kernel/errors.js';
import { newUuid } from '../../../src/kernel/ids.js';
import type { Uuid } from '../../../src/kernel/ids.js';
import { viewOf } from '../../../src/modules/tasks/index.js';
import { PRIORITIES } from '../../../src/modules/tasks/task.js';
import type { Task, TaskFilter, TaskState } from '../../../src/modules/tasks/index.js';
import type { Ledger } from './ledger.js';
import { CONFIG, newTask, onEachDatabase } from './ledger.js';

const TYPES = ['aggregate_calls', 'another'] as const;

interface Made {
  task: Task;
  phones: number[];
}

/** A ledger of 60 tasks of both types, a third of them cancelled, over a minute. */
async function fill(ledger: Ledger): Promise<Made[]> {
  const made: Made[] = [];
  for (let index = 0; index < 60; index++) {
    const phones = [index % 3, 7 + (index % 5)];
    const input = {
      type: TYPES[index % 2]!,
      priority: (['low', 'normal', 'high'] as const)[index % 3]!,
      source: index % 5 < 2 ? ('queue' as const) : ('rest' as const),
      keys: phones.map((phone) => `phone:${phone}`),
      ...(index % 4 > 0 && { correlationId: index % 4 === 1 ? '"id"' : '9223372036854775807' }),
    };
    const task = await ledger.api.submit(newTask(input));
    if (index % 3 === 0) await ledger.api.cancel(task, 'a spec');
    made.push({ task: await ledger.api.require(task.id), phones });
    ledger.clock.advance(1_000);
  }
  return made.reverse();
}

function matches({ task, phones }: Made, filter: TaskFilter): boolean {
  const { states = [task.state], keys = [], priority } = filter;
  return (
    states.includes(task.state) &&
    equals(filter.type, task.type) &&
    equals(priority && PRIORITIES[priority], task.priority) &&
    equals(filter.source, task.source) &&
    equals(filter.correlationKey, task.correlationId?.replaceAll('"', '')) &&
    keys.every((key) => phones.includes(Number(key.slice('phone:'.length)))) &&
    isWithin(filter, task.createdAt)
  );
}

function isWithin({ fromMs = -Infinity, toMs = Infinity }: TaskFilter, at: number): boolean {
  return at >= fromMs && at < toMs;
}

/** A filter that is not there takes everything. */
function equals<T>(wanted: T | undefined, value: T | undefined): boolean {
  return wanted === undefined || wanted === value;
}

function filters(made: readonly Made[]): fc.Arbitrary<TaskFilter> {
  const time = fc.constantFrom(...made.map(({ task }) => task.createdAt));
  return fc.record(
    {
      states: fc.subarray<TaskState>(['pending', 'cancelled', 'completed']),
      type: fc.constantFrom(...TYPES),
      priority: fc.constantFrom('low' as const, 'normal' as const, 'high' as const),
      source: fc.constantFrom('rest' as const, 'queue' as const),
      keys: fc.subarray(['phone:0', 'phone:2', 'phone:9', 'phone:99'], { maxLength: 2 }),
      correlationKey: fc.constantFrom('id', '9223372036854775807', '9223372036854775808'),
      fromMs: time,
      toMs: time,
    },
    { requiredKeys: [] },
  );
}

async function pages(ledger: Ledger, filter: TaskFilter, limit: number): Promise<Uuid[]> {
  const ids: Uuid[] = [];
  for (let before: Uuid | null | undefined; before !== null;) {
    const { items, next } = await ledger.api.list({ ...filter, ...(before && { before }) }, limit);
    expect(items.length).to.be.at.most(limit);
    ids.push(...items.map(({ id }) => id));
    before = next;
  }
  return ids;
}

async function refusal(work: Promise<unknown>): Promise<unknown> {
  return work.then(
    () => 'it was taken',
    (error: unknown) => (error instanceof AppError ? `${error.code} ${error.kind}: ${error.message}` : error),
  );
}

describe('Listing tasks', () => {
  onEachDatabase((bench) => {
    it('filters as plain code does, newest first, and pages make the whole list', async () => {
      const ledger = await bench.start();
      const made = await fill(ledger);
      const property = fc.asyncProperty(
        filters(made),
        fc.integer({ min: 1, max: 25 }),
        async (filter, limit) => {
          const expected = made.filter((one) => matches(one, filter)).map(({ task }) => task.id);
          expect(await pages(ledger, filter, limit)).to.deep.equal(expected);
        },
      );
      await fc.assert(property, { numRuns: 60 });
    });

    it('does not shift its pages when tasks arrive in between', async () => {
      const ledger = await bench.start();
      const made = await fill(ledger);
      const first = await ledger.api.list({}, 30);
      await ledger.api.submit(newTask());
      const second = await ledger.api.list({ before: first.next! }, 30);
      expect([...first.items, ...second.items].map(viewOf)).to.deep.equal(
        made.map(({ task }) => viewOf(task)),
      );
    });

    it('knows no task of a malformed or unknown id', async () => {
      const ledger = await bench.start();
      const task = await ledger.api.submit(newTask());
      const unknown = newUuid(ledger.clock.now());
      const random = '3f2504e0-4f89-41d3-9a0c-0305e82c3301';
      for (const id of ['', 'x', `${task.id} `, task.id.toUpperCase(), `${task.id}\0`, unknown, random]) {
        expect(await refusal(ledger.api.require(id))).to.equal('tasks.not-found not-found: Task not found');
      }
      expect(await ledger.api.require(task.id)).to.deep.equal(task);
    });

    it('says of an id older than what is kept that the task is gone', async () => {
      const ledger = await bench.start();
      const old = newUuidAt(ledger.clock.now() - CONFIG.keepMs - 1);
      const said = await refusal(ledger.api.require(old));
      expect(said).to.equal('tasks.removed gone: The task is older than what is kept');
      const young = newUuidAt(ledger.clock.now() - CONFIG.keepMs + 60_000);
      expect(await refusal(ledger.api.require(young))).to.contain('tasks.not-found');
    });
  });
});

function newUuidAt(ms: number): string {
  const hex = ms.toString(16).padStart(12, '0');
  return `${hex.slice(0, 8)}-${hex.slice(8)}-7abc-8def-0123456789ab`;
}
