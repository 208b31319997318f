import type { ConsumeMessage } from 'amqplib';
import { expect } from 'chai';
import { amqpClient } from '../support/amqp-client.js';
import { attemptsFile } from '../support/attempts-file.js';
import { postgres } from '../support/postgres.js';
import { rabbitmq } from '../support/rabbitmq.js';
import { RestClient } from '../support/rest-client.js';
import { type Service, startService } from '../support/service.js';
import { waitFor } from '../support/wait-for.js';

const TASKS = 200;
const TAKE_MS = 60_000;
const ENDED = new Set(['completed', 'error', 'cancelled']);

interface Kind {
  name: string;
  env(): Promise<Record<string, string>>;
}

const embedded: Kind = { name: 'queues in SQLite', env: () => Promise.resolve({}) };
const onSqlite: Kind = {
  name: 'RabbitMQ and SQLite',
  env: async () => ({ AMQP_URL: await (await rabbitmq()).vhostUrl() }),
};
const onPostgres: Kind = {
  name: 'RabbitMQ and PostgreSQL',
  env: async () => ({ ...(await onSqlite.env()), DATABASE_URL: await (await postgres()).createDatabase() }),
};

/** Each has a period of its own, so that none is answered from the cache and the work takes its time. */
const periodOf = (job: number): string => `"from": ${1_672_531_200_000 + job}`;

function restJobs(rest: RestClient, from: number, to: number): Promise<string[]> {
  const jobs = Array.from({ length: to - from }, (_, i) => from + i);
  return Promise.all(
    jobs.map((job) => rest.accepted(`{"numbers": [1, 2], "correlation_id": ${job}, ${periodOf(job)}}`)),
  );
}

function queueJobs(from: number, to: number): string[] {
  const jobs = Array.from({ length: to - from }, (_, i) => from + i);
  return jobs.map((job) => `{"correlation_id": ${job}, "phones": [1, 2], ${periodOf(job)}}`);
}

async function endedCount(rest: RestClient): Promise<number> {
  return (await rest.tasks()).filter(({ task_status }) => ENDED.has(task_status)).length;
}

async function allCompletedOnce(rest: RestClient): Promise<void> {
  await waitFor('all tasks to end', async () => (await endedCount(rest)) >= TASKS, {
    timeoutMs: TAKE_MS,
    everyMs: 100,
  });
  const tasks = await rest.tasks();
  expect(tasks).to.have.lengthOf(TASKS);
  for (const { task_id, task_status, error_message } of tasks) {
    expect(task_status, `${task_id}: ${error_message}`).to.equal('completed');
    const history = await rest.history(task_id);
    expect(
      history.filter(({ to }) => ENDED.has(to)),
      task_id,
    ).to.have.lengthOf(1);
  }
}

/** An answer may be delivered again, which its message id shows; no second one is ever made. */
function eachAnsweredOnce(answers: readonly ConsumeMessage[], from: number, to: number): void {
  const ids = new Map<number, Set<string>>();
  for (const { content, properties } of answers) {
    const { correlation_id: job, status } = JSON.parse(content.toString()) as Record<string, unknown>;
    expect(status, String(job)).to.equal('Complete');
    ids.set(job as number, (ids.get(job as number) ?? new Set()).add(properties.messageId as string));
  }
  expect([...ids.keys()].sort((a, b) => a - b)).to.deep.equal(
    Array.from({ length: to - from }, (_, i) => from + i),
  );
  for (const [job, messageIds] of ids) expect([...messageIds], String(job)).to.have.lengthOf(1);
}

async function answersOf(url: string, count: number): Promise<ConsumeMessage[]> {
  const client = await amqpClient(url, ['ready_report']);
  try {
    const answers = await client.read('ready_report');
    const different = (): number => new Set(answers.map(({ content }) => content.toString())).size;
    await waitFor('all answers', () => different() >= count, { timeoutMs: TAKE_MS });
    return answers;
  } finally {
    await client.close();
  }
}

for (const kind of [embedded, onSqlite, onPostgres]) {
  describe(`200 accepted tasks on ${kind.name}`, function () {
    this.timeout(150_000);
    let env: Record<string, string>;
    let service: Service | undefined;

    beforeEach(async () => {
      // A lease of another process is waited for on PostgreSQL, as it may be another replica's.
      env = {
        ...(await kind.env()),
        DATA_FILE: await attemptsFile(20_000),
        TASK_LEASE_S: '2',
        LOG_LEVEL: 'warn',
      };
    });

    afterEach(async () => {
      await service?.kill();
    });

    it('complete after kill -9 in the middle, none twice', async () => {
      service = await startService({ env });
      const rest = new RestClient(service.url);
      const amqpUrl = env['AMQP_URL'];
      const byRest = amqpUrl === undefined ? TASKS : TASKS / 2;
      if (amqpUrl !== undefined) {
        const client = await amqpClient(amqpUrl);
        await client.send('task_report', queueJobs(byRest, TASKS));
        await client.close();
      }
      await restJobs(rest, 0, byRest);
      const before = await waitFor('some tasks to end', () => endedCount(rest), { timeoutMs: TAKE_MS });
      await service.kill();
      expect(before, 'ended before').to.be.below(TASKS);
      const killedAt = new Date().toISOString();

      service = await startService({ env, cwd: service.cwd });
      const again = new RestClient(service.url);
      await allCompletedOnce(again);
      const after = (await again.tasks()).filter(({ completed }) => completed! > killedAt);
      expect(after, 'ended after the restart').to.not.be.empty;
      if (amqpUrl !== undefined) {
        eachAnsweredOnce(await answersOf(amqpUrl, TASKS - byRest), byRest, TASKS);
      }
    });

    if (kind === embedded) return;
    it('complete when the broker restarts in the middle, none twice', async function () {
      const broker = await rabbitmq();
      if (!broker.controllable) this.skip();
      service = await startService({ env });
      const rest = new RestClient(service.url);
      const client = await amqpClient(env['AMQP_URL']!);
      await client.send('task_report', queueJobs(0, TASKS));
      await waitFor('some tasks to end', () => endedCount(rest), { timeoutMs: TAKE_MS });
      await broker.stopApp();
      await client.close();
      await broker.startApp();
      await allCompletedOnce(rest);
      eachAnsweredOnce(await answersOf(env['AMQP_URL']!, TASKS), 0, TASKS);
    });
  });
}
