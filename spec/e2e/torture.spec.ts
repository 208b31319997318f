import { expect } from 'chai';
import { tempFolder } from '../support/temp-folder.js';
import { type Plan, SHORT, SITE_NAMES } from '../torture/plan.js';
import { runTorture } from '../torture/run-torture.js';
import { showOutcome, wrongCount } from '../torture/show-outcome.js';

/** Half of `npm run torture -- --short`: kills, outages and full disks while jobs come in. */
const SHORTER = { ...SHORT, jobs: 150, kills: 4, brokerFaults: 2, records: 50_000 };

for (const site of SITE_NAMES) {
  describe(`on ${site}, broken while it works, the service`, function () {
    // Bounded by itself: on a busy machine each start of the service takes many seconds.
    this.timeout(900_000);

    it('loses nothing, does nothing twice and is stuck nowhere', async () => {
      const plan: Plan = { ...SHORTER, site, seed: 1 };
      const outcome = await runTorture(plan, await tempFolder());
      expect(wrongCount(outcome), showOutcome(outcome)).to.equal(0);
      expect([...outcome.faults.values()].reduce((sum, times) => sum + times)).to.be.at.least(plan.kills);
    });
  });
}
