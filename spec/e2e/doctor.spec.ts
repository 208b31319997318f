import { expect } from 'chai';
import { checkBroker } from '../../src/cli/doctor/check-broker.js';
import { checkCache } from '../../src/cli/doctor/check-cache.js';
import { checkPostgres } from '../../src/cli/doctor/check-postgres.js';
import { type AmqpClient, amqpClient } from '../support/amqp-client.js';
import { attemptsFile } from '../support/attempts-file.js';
import { examine, told } from '../support/doctor.js';
import { postgres } from '../support/postgres.js';
import { rabbitmq } from '../support/rabbitmq.js';
import { RedisServer } from '../support/redis.js';
import { runCli } from '../support/run-cli.js';
import { startService } from '../support/service.js';

const withPassword = (url: string, password: string): string => {
  const changed = new URL(url);
  changed.password = password;
  return changed.href;
};

describe('switchyard doctor on RabbitMQ', function () {
  this.timeout(60_000);
  let url: string;
  let client: AmqpClient;

  before(async () => {
    url = await (await rabbitmq()).vhostUrl();
    client = await amqpClient(url);
  });
  after(() => client?.close());

  /** Without the exchanges, which come first. */
  const ask = async (env: Record<string, string> = {}) => {
    const found = await examine(checkBroker, { AMQP_URL: url, ...env });
    return found.filter(({ check }) => !check.startsWith('exchange '));
  };

  it('says its version, and that missing queues are made, without making them', async () => {
    for (let times = 0; times < 2; times++) {
      const found = told(await ask());
      expect(found[0]).to.match(/^ok broker: RabbitMQ \d+\.\d+\.\d+$/);
      expect(found.slice(1, 4)).to.deep.equal([
        'ok queue task_report: not there; made when the service connects',
        'ok dead letters task_report.dead: not there; made when the service connects',
        'ok queue ready_report: not there; made when the service connects',
      ]);
      expect(found.at(-1)).to.match(/^ok consumer timeout: not knowable over AMQP/);
      const all = told(await examine(checkBroker, { AMQP_URL: url }));
      expect(all).to.include('ok exchange rates: not there; made when the service connects');
    }
  });

  it('tells queues that are as declared from those that differ, and how', async () => {
    const { channel } = client;
    await channel.assertQueue('as-declared', { durable: true });
    await channel.assertQueue('quorum', { durable: true, arguments: { 'x-queue-type': 'quorum' } });
    await channel.assertQueue('passing.dead', { durable: false });
    await channel.assertQueue('limited', { durable: true, arguments: { 'x-max-length': 5 } });
    await client.send('as-declared', ['x']);
    const ready = await ask({ QUEUE_TASK_REPORT: 'as-declared', QUEUE_READY_REPORT: 'quorum' });
    expect(told(ready)[1]).to.equal('ok queue as-declared: as declared, 1 messages ready, 0 consumers');
    expect(ready[3]).to.include({ status: 'warn', todo: 'it is used as it is; another type is all right' });
    expect(ready[3]!.found).to.match(/x-queue-type.*quorum/);
    const odd = await ask({ QUEUE_TASK_REPORT: 'passing', QUEUE_READY_REPORT: 'limited' });
    expect(odd[2]).to.include({ check: 'dead letters passing.dead', status: 'warn' });
    expect(odd[2]!.todo).to.match(/gone when the broker restarts/);
    expect(odd[3]!.found).to.match(/x-max-length/);
    expect(odd[3]!.todo).to.match(/no limit or expiry/);
  });

  it('fails for a queue that belongs to somebody else alone', async () => {
    await client.channel.assertQueue('private', { durable: false, exclusive: true });
    const findings = await ask({ QUEUE_TASK_REPORT: 'private' });
    expect(findings[1]).to.include({ check: 'queue private', status: 'fail' });
    expect(findings[1]!.found).to.match(/^RESOURCE_LOCKED: /);
  });

  it('fails where nobody is there, where no AMQP is spoken, and where we are not let in, without the password', async () => {
    const away = await examine(checkBroker, { AMQP_URL: 'amqp://me:hunter2@127.0.0.1:1/x' });
    expect(told(away)).to.have.length(1);
    expect(told(away)[0]).to.match(/^fail broker: 127\.0\.0\.1:1 is not there for us: .*ECONNREFUSED/);
    const server = await postgres();
    const other = await examine(checkBroker, { AMQP_URL: `amqp://${new URL(server.url()).host}` });
    expect(told(other)[0]).to.match(/^fail broker: .* speaks no AMQP 0-9-1$/);
    const stranger = await examine(checkBroker, { AMQP_URL: withPassword(url, 'hunter2') });
    expect(told(stranger)[1]).to.match(/^fail broker login: RabbitMQ at .* does not let this user in$/);
    expect(JSON.stringify([away, other, stranger])).not.to.contain('hunter2');
  });
});

describe('switchyard doctor on PostgreSQL and Redis', function () {
  this.timeout(60_000);

  it('says version, clock and what is pending', async () => {
    const url = await (await postgres()).createDatabase();
    const fresh = told(await examine(checkPostgres, { DATABASE_URL: url }));
    expect(fresh[0]).to.match(/^ok database: PostgreSQL \d+/);
    expect(fresh[1]).to.equal('ok database clock: equal to ours');
    expect(fresh[2]).to.match(/^warn migrations: (\d+) of \1 are pending: /);
    expect((await runCli(['migrate'], { env: { DATABASE_URL: url } })).code).to.equal(0);
    const migrated = told(await examine(checkPostgres, { DATABASE_URL: url }));
    expect(migrated[2]).to.match(/^ok migrations: all \d+ are applied$/);
    const greedy = await examine(checkPostgres, { DATABASE_URL: url, DATABASE_POOL_SIZE: '200' });
    expect(greedy[1]).to.include({ check: 'database', status: 'warn' });
    expect(greedy[1]!.found).to.match(/connections are free, one process takes up to 201$/);
  });

  it('fails where the server is away, or the database is not there, without the password', async () => {
    const away = await examine(checkPostgres, { DATABASE_URL: 'postgres://me:hunter2@127.0.0.1:1/x' });
    expect(told(away)).to.have.length(1);
    expect(told(away)[0]).to.match(/^fail database: 127\.0\.0\.1:1 is not there for us: .*ECONNREFUSED/);
    const unknown = withPassword((await postgres()).url('nowhere'), 'hunter2');
    const missing = await examine(checkPostgres, { DATABASE_URL: unknown });
    expect(told(missing)[0]).to.match(/^fail database: .*(nowhere|authentication)/);
    expect(JSON.stringify([away, missing])).not.to.contain('hunter2');
  });

  it('pings Redis, and warns where it is away', async () => {
    const redis = await RedisServer.start();
    try {
      expect(told(await examine(checkCache, { CACHE_URL: redis.url }))[0]).to.match(
        /^ok cache: Redis \d+\.\d+\.\d+, answers in \d+\.\d ms$/,
      );
    } finally {
      await redis.stop();
    }
    const away = told(await examine(checkCache, { CACHE_URL: `redis://:hunter2@127.0.0.1:${redis.port}` }));
    expect(away[0]).to.match(/^warn cache: Redis at 127\.0\.0\.1:\d+ is not there for us: /);
    expect(away[0]).not.to.contain('hunter2');
  });
});

describe('switchyard doctor beside a running service', function () {
  this.timeout(60_000);

  it('finds it, with its state and its clock, on the same state folder', async () => {
    const url = await (await rabbitmq()).vhostUrl();
    const env = { DATA_FILE: await attemptsFile(100), AMQP_URL: url };
    const service = await startService({ env });
    try {
      const PORT = new URL(service.url).port;
      const { code, stdout, stderr } = await runCli(['doctor'], { cwd: service.cwd, env: { ...env, PORT } });
      expect([code, stderr]).to.deep.equal([0, '']);
      expect(stdout).to.contain(`one runs at http://127.0.0.1:${PORT}, readiness: ok`);
      expect(stdout).to.match(/ok {4}service clock +equal to ours/);
      expect(stdout).to.match(/ok {4}migrations +all \d+ are applied/);
      expect(stdout).to.match(/ok {4}queue task_report +as declared, 0 messages ready, 1 consumers/);
      expect(stdout).to.match(/ok {4}dead letters task_report\.dead +as declared/);
    } finally {
      await service.stop();
    }
  });
});
