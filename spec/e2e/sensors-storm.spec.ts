import { expect } from 'chai';
import { runSensorStorm } from '../storm/run-storm.js';
import { tempFolder } from '../support/temp-folder.js';

/** Small here; `npm run storm` has it in full. */
const STORM = { events: 3_000, sensors: 40, kills: 2, seed: 7 };

describe('A storm of events, with webhooks attached, the service killed and the broker restarted', function () {
  this.timeout(240_000);

  it('is accounted for to the last event, and told of in order, on SQLite', async () => {
    const folder = await tempFolder();
    const { faults } = await runSensorStorm({ ...STORM, restarts: 1, database: 'SQLite', folder });
    expect(faults).to.deep.equal([]);
  });

  it('is accounted for to the last event, and told of in order, on PostgreSQL', async () => {
    const folder = await tempFolder();
    const { faults } = await runSensorStorm({ ...STORM, restarts: 0, database: 'PostgreSQL', folder });
    expect(faults).to.deep.equal([]);
  });
});
