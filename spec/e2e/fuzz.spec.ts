import { expect } from 'chai';
import { type FuzzReport, runFuzz } from '../fuzz/fuzz-run.js';
import { postgres } from '../support/postgres.js';
import { rabbitmq } from '../support/rabbitmq.js';

const SEED = 20_261;

/** `npm run fuzz` does the same with as many inputs as one likes. */
describe('inputs that are wrong in many ways', function () {
  this.timeout(180_000);

  const statusesOf = ({ tallies }: FuzzReport, call: string): string[] => [
    ...tallies.get(call)!.statuses.keys(),
  ];
  const faultsOf = ({ failures }: FuzzReport): string[] =>
    failures.map(({ what, times, example }) => `${what} × ${times}\n${example}`);

  it('are answered as the OpenAPI document says, with everything embedded', async () => {
    const report = await runFuzz({ seed: SEED, inputs: 2_400, withTokens: false });
    expect(faultsOf(report)).to.deep.equal([]);
    expect(statusesOf(report, 'POST /api/v1/report')).to.include.members(['202', '400', '415', '422']);
    expect(statusesOf(report, 'GET /api/v1/tasks/{task_id}')).to.include.members(['200', '404', '422']);
    expect(statusesOf(report, 'no call of the document')).to.include.members([
      '200',
      '400',
      '404',
      '405',
      '431',
    ]);
  });

  it('are answered so to each role, and become tasks or dead letters, with RabbitMQ and PostgreSQL', async () => {
    const [broker, database] = await Promise.all([rabbitmq(), postgres()]);
    const servers = { amqpUrl: await broker.vhostUrl(), databaseUrl: await database.createDatabase() };
    const report = await runFuzz({
      ...servers,
      seed: SEED,
      inputs: 1_600,
      withTokens: true,
      messageShare: 0.25,
    });
    expect(faultsOf(report)).to.deep.equal([]);
    expect(statusesOf(report, 'GET /api/v1/tokens')).to.include.members(['200', '401', '403', '422', '429']);
    for (const { queue, result } of report.queues) {
      expect(result.tasks, queue).to.be.greaterThan(0);
      expect([...result.reasons.keys()], queue).to.include.members(['invalid-json', 'invalid-job']);
    }
  });
});
