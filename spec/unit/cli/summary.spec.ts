import { expect } from 'chai';
import { percentile, summarise, summaryLines } from '../../../src/cli/summary.js';

describe('the figures of a run', () => {
  it('are those of the completed jobs', () => {
    const outcomes = [0.1, 0.5, 0.3].map((durationS, index) => ({ durationS, latencyMs: 10 * (index + 1) }));
    const run = { outcomes, failures: new Map([['no', 1]]), fatal: undefined, elapsedMs: 1500 };
    expect(summaryLines(summarise(run, 4))).to.deep.equal([
      'Result: 3 of 4 completed',
      'Max task work duration: 0.500 s',
      'Min task work duration: 0.100 s',
      'Average task work duration: 0.300 s',
      'Total working time: 1.500 s',
      'p50: 20.0 ms',
      'p99: 30.0 ms',
      'Requests per second: 2.0',
    ]);
  });

  it('are dashes where no job completed', () => {
    const run = { outcomes: [], failures: new Map(), fatal: undefined, elapsedMs: 0 };
    expect(summaryLines(summarise(run, 4))[1]).to.equal('Max task work duration: -');
  });

  it('take percentiles by the nearest rank', () => {
    const hundred = Array.from({ length: 100 }, (_, index) => index + 1);
    expect([0.5, 0.99, 1].map((share) => percentile(hundred, share))).to.deep.equal([50, 99, 100]);
    expect(percentile([], 0.5)).to.equal(null);
  });
});
