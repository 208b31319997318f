import { expect } from 'chai';
import { type FuzzReport, runFuzz } from '../fuzz/fuzz-run.js';
import { postgres } from '../support/postgres.js';
import { rabbitmq } from '../support/rabbitmq.js';

const SEED = 20_267;

/** `npm run fuzz` does the same with as many inputs as one likes. */
describe('inputs that are wrong in many ways', function () {
  this.timeout(180_000);

  /** Over all calls: what shows that inputs came as far as they should. */
  const statusesOf = ({ tallies }: FuzzReport): Set<string> =>
    new Set([...tallies.values()].flatMap(({ statuses }) => [...statuses.keys()]));
  const faultsOf = ({ failures }: FuzzReport): string[] =>
    failures.map(({ what, times, example }) => `${what} × ${times}\n${example}`);

  it('are answered as the OpenAPI document says, with everything embedded', async () => {
    const report = await runFuzz({ seed: SEED, inputs: 4_800, withTokens: false });
    expect(faultsOf(report)).to.deep.equal([]);
    const expected = ['200', '201', '202', '204', '400', '404', '405', '415', '422', '431'];
    expect([...statusesOf(report)]).to.include.members(expected);
  });

  it('are answered so to each role, and become tasks or dead letters, with RabbitMQ and PostgreSQL', async () => {
    const [broker, database] = await Promise.all([rabbitmq(), postgres()]);
    const servers = { amqpUrl: await broker.vhostUrl(), databaseUrl: await database.createDatabase() };
    const report = await runFuzz({
      ...servers,
      seed: SEED,
      inputs: 2_000,
      withTokens: true,
      messageShare: 0.4,
    });
    expect(faultsOf(report)).to.deep.equal([]);
    expect([...statusesOf(report)]).to.include.members(['200', '202', '401', '403', '404', '422', '429']);
    const reasons = {
      task_report: ['invalid-json', 'invalid-job'],
      configured: ['invalid-json', 'unknown-task'],
      to_configure: ['invalid-json', 'invalid-job'],
      sensor_events: ['invalid-json', 'invalid-event', 'unknown-sensor'],
    };
    for (const { queue, result } of report.queues) {
      expect([...result.reasons.keys()], queue).to.include.members(reasons[queue as keyof typeof reasons]);
    }
    const taking = report.queues.filter(({ result }) => result.taken > 0).map(({ queue }) => queue);
    expect(taking).to.have.members(['task_report', 'to_configure', 'sensor_events']);
  });
});
