import { expect } from 'chai';
import { SeededRandom } from '../../support/seeded-random.js';
import { makeJobs } from '../../torture/job.js';
import { faultsOf, FULL, type Plan, SITE_NAMES } from '../../torture/plan.js';
import { makeSchedule } from '../../torture/schedule.js';

const planOf = (seed: number): Plan => ({ ...FULL, site: 'rabbit-postgres', seed });

function drawn(seed: number) {
  const random = new SeededRandom(seed);
  return { jobs: makeJobs(200, random), faults: makeSchedule(faultsOf(planOf(seed)), random) };
}

describe('the schedule of the fault harness', () => {
  it('is the same for the same seed, and another for another', () => {
    expect(drawn(7)).to.deep.equal(drawn(7));
    expect(drawn(7)).to.not.deep.equal(drawn(8));
  });

  it('kills as often as was asked for, everywhere', () => {
    for (const site of SITE_NAMES) {
      const faults = makeSchedule(faultsOf({ ...planOf(1), site }), new SeededRandom(1));
      expect(faults.filter(({ kind }) => kind.startsWith('kill'))).to.have.lengthOf(FULL.kills);
      const ofBroker = faults.filter(({ kind }) => kind.endsWith('broker'));
      expect(ofBroker).to.have.lengthOf(site === 'embedded-sqlite' ? 0 : FULL.brokerFaults);
    }
  });

  it('names every job by a key and a correlation id of its own', () => {
    const { jobs } = drawn(3);
    const tokens = jobs.flatMap(({ correlationId }) => correlationId ?? []);
    expect(new Set(tokens).size).to.equal(tokens.length);
    expect(new Set(jobs.map(({ key }) => key)).size).to.equal(jobs.length);
    expect(new Set(jobs.map(({ kind }) => kind))).to.deep.equal(
      new Set(['fast', 'slow', 'unknown', 'unwanted', 'poison']),
    );
  });
});
