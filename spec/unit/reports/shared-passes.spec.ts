import { expect } from 'chai';
import type { AggregateControl } from '../../../src/modules/reports/aggregate.js';
import { SharedPasses } from '../../../src/modules/reports/aggregation/shared-passes.js';
import type { FinishedPass, RunPass } from '../../../src/modules/reports/aggregation/shared-passes.js';
import { waitFor } from '../../support/wait-for.js';

const signal = new AbortController().signal;
const turns = async (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('Those who wait for a pass over the file', () => {
  let passes: SharedPasses;
  let story: string[];
  let finish: Map<string, () => void>;

  beforeEach(() => {
    passes = new SharedPasses();
    story = [];
    finish = new Map();
  });

  const run =
    (key: string): RunPass =>
    () => {
      story.push(`${key} runs`);
      return new Promise<FinishedPass>((resolve) => finish.set(key, () => resolve({ version: '1' })));
    };
  function join(who: string, key: string, begin?: AggregateControl['begin']): Promise<FinishedPass> {
    const told = async (): Promise<void> => void story.push(`${who} begins`);
    return passes.join(key, { signal, begin: begin ?? told }, run(key));
  }

  it('begin when it does, each before it reads, and not while another one is read', async () => {
    const [a, b, c] = [join('first', 'one'), join('second', 'two'), join('third', 'two')];
    await waitFor('the pass', () => finish.has('one'));
    await turns();
    expect(story).to.deep.equal(['first begins', 'one runs']);
    finish.get('one')!();
    await a;
    await waitFor('the other pass', () => finish.has('two'));
    expect(story.slice(2)).to.deep.equal(['second begins', 'third begins', 'two runs']);
    finish.get('two')!();
    await Promise.all([b, c]);
  });

  it('begin at once where it is read already', async () => {
    const first = join('first', 'one');
    await waitFor('the pass', () => finish.has('one'));
    const late = join('late', 'one');
    await waitFor('the beginning', () => story.includes('late begins'));
    finish.get('one')!();
    expect(await late).to.equal(await first);
  });

  it('hold it up until their beginning is stored, and go on alone where that cannot be', async () => {
    let stored = (): void => undefined;
    const storing = new Promise<void>((resolve) => (stored = resolve));
    const refused = join('over', 'one', () => Promise.reject(new Error('the attempt was over')));
    const held = join('held', 'one', () => storing);
    await turns();
    expect(story).to.deep.equal([]);
    stored();
    await waitFor('the pass', () => finish.has('one'));
    finish.get('one')!();
    expect(await held).to.equal(await refused);
  });
});
