import { expect } from 'chai';
import { amqpClient } from '../support/amqp-client.js';
import { attemptsFile } from '../support/attempts-file.js';
import { answersOf } from '../support/open-api.js';
import { rabbitmq } from '../support/rabbitmq.js';
import { RestClient } from '../support/rest-client.js';
import { type Service, startService } from '../support/service.js';
import { waitFor } from '../support/wait-for.js';

const TYPE = '/api/v1/task-types/aggregate_calls';
const TAKE_MS = 60_000;
const OLD_ID = '01800000-0000-7000-8000-000000000000';

interface Bulk {
  matched: number;
  done: number;
  skipped: number;
  ended_at: string | null;
}

describe('Operating tasks', function () {
  this.timeout(120_000);
  let env: Record<string, string>;
  let service: Service;
  let rest: RestClient;

  async function start(cwd?: string): Promise<void> {
    service = await startService({ env, ...(cwd !== undefined && { cwd }) });
    rest = new RestClient(service.url, {}, await answersOf(service.url));
  }

  async function killAndStart(): Promise<void> {
    await service.kill();
    await start(service.cwd);
  }

  const pause = () => rest.post(`${TYPE}/pause`, { body: { reason: 'a spec' } });
  const jobs = (count: number): Promise<string[]> =>
    Promise.all(
      Array.from({ length: count }, (_, i) =>
        rest.accepted({ numbers: [1, i % 40], correlation_id: i, from: i }),
      ),
    );

  async function endOf(bulkId: string): Promise<Bulk> {
    return waitFor(
      'the bulk to end',
      async () => {
        const bulk = (await rest.get(`/api/v1/task-bulks/${bulkId}`)).body as Bulk;
        return bulk.ended_at === null ? undefined : bulk;
      },
      { timeoutMs: TAKE_MS },
    );
  }

  beforeEach(async () => {
    env = { DATA_FILE: await attemptsFile(), LOG_LEVEL: 'warn' };
  });
  afterEach(() => service?.kill());

  it('a pause holds over kill -9, and says since when, by whom and why', async () => {
    await start();
    const paused = await pause();
    expect(paused.status).to.equal(200);
    const [id] = await jobs(1);
    await killAndStart();
    const { items } = (await rest.get('/api/v1/task-types')).body as { items: { type: string }[] };
    const item = items.find(({ type }) => type === 'aggregate_calls');
    expect(item).to.deep.equal({ ...(paused.body as object), waiting: 1 });
    expect(item).to.include({ paused: true, paused_by: 'loopback', reason: 'a spec' });
    expect(items.filter((one) => one !== item).every((one) => 'paused' in one && !one.paused)).to.equal(true);
    expect((await rest.task(id!)).task_status).to.equal('pending');
    expect((await rest.post(`${TYPE}/resume`)).body).to.include({ paused: false, paused_by: null });
    await waitFor('the end', async () => (await rest.task(id!)).task_status === 'completed');
    expect((await rest.post('/api/v1/task-types/nothing/pause', { body: {} })).status).to.equal(404);
  });

  it('a cancel and a retry of hundreds go on after kill -9, and do nothing twice', async () => {
    await start();
    await pause();
    const ids = await jobs(400);
    const filter = { type: 'aggregate_calls', phone: 1, status: 'pending' };
    const preview = await rest.post('/api/v1/tasks/cancel', { body: { filter, dry_run: true } });
    expect([preview.status, preview.body]).to.deep.equal([200, { dry_run: true, matched: 400 }]);
    const cancel = await rest.post('/api/v1/tasks/cancel', { body: { filter } });
    expect(cancel.status).to.equal(202);
    await killAndStart();
    const cancelId = (cancel.body as { bulk_id: string }).bulk_id;
    expect(cancel.headers.get('location')).to.equal(`/api/v1/task-bulks/${cancelId}`);
    await endOf(cancelId);
    expect(await rest.tasks('&status=cancelled')).to.have.lengthOf(400);
    expect((await rest.history(ids[5]!)).map(({ to, actor }) => [to, actor])).to.deep.equal([
      ['pending', 'loopback'],
      ['cancelled', 'loopback'],
    ]);

    const retry = await rest.post('/api/v1/tasks/retry', { body: { filter: { status: 'cancelled' } } });
    const { bulk_id, ...accepted } = retry.body as { bulk_id: string };
    expect(accepted).to.deep.equal({ dry_run: false, matched: 400, accepted: 400 });
    await killAndStart();
    expect(await endOf(bulk_id)).to.include({ done: 400, skipped: 0 });
    expect(await rest.tasks('&status=pending')).to.have.lengthOf(400);
    const again = await rest.post('/api/v1/tasks/retry', { body: { filter: {}, dry_run: true } });
    expect(again.body).to.deep.equal({ dry_run: true, matched: 0 });
    const [one] = await rest.tasks(`&retry_of=${ids[7]}`);
    expect(one).to.include({ task_status: 'pending' });
  });

  it('one is retried as a new task, once', async () => {
    await start();
    const id = await rest.accepted({ numbers: [777_777], correlation_id: 'none' });
    await waitFor('the failure', async () => (await rest.task(id)).task_status === 'error');
    const [found] = await rest.tasks('&error=no+ATTEMPTS+777777&phone=777777&source=rest&priority=normal');
    expect(found).to.include({ task_id: id });
    const headers = { 'idempotency-key': 'k' };
    const retry = await rest.post(`/api/v1/tasks/${id}/retry`, { headers });
    expect(retry.status).to.equal(202);
    const { task_id } = retry.body as { task_id: string };
    expect(retry.headers.get('location')).to.equal(`/api/v1/tasks/${task_id}`);
    const repeated = await rest.post(`/api/v1/tasks/${id}/retry`, { headers });
    expect([repeated.status, (repeated.body as { task_id: string }).task_id]).to.deep.equal([202, task_id]);
    const second = await rest.post(`/api/v1/tasks/${id}/retry`);
    expect([second.status, (second.body as { code: string }).code]).to.deep.equal([
      409,
      'tasks.retried-before',
    ]);
    const [other] = await rest.tasks(`&retry_of=${id}`);
    expect(other).to.include({ task_id });
  });

  it('a filter that cannot be is refused, by the name of its field', async () => {
    await start();
    const pointers = async (answer: Promise<{ status: number; body: unknown }>): Promise<unknown> => {
      const { status, body } = await answer;
      return [status, ...(body as { errors: { pointer: string }[] }).errors.map(({ pointer }) => pointer)];
    };
    const get = (query: string) => pointers(rest.get(`/api/v1/tasks?${query}`));
    const bulk = (filter: object) => pointers(rest.post('/api/v1/tasks/retry', { body: { filter } }));
    expect(await get('status=lost')).to.deep.equal([422, '/query/status']);
    expect(await get('error=%21')).to.deep.equal([422, '/query/error']);
    expect(await get('retry_of=x&phone=1')).to.deep.equal([422, '/query/retry_of']);
    expect(await get('equipment=1')).to.deep.equal([422, '/query/equipment']);
    expect(await bulk({ status: 'completed' })).to.deep.equal([422, '/filter/status']);
    expect(await bulk({ phones: [1] })).to.deep.equal([422, '/filter/phones']);
    expect((await rest.get('/api/v1/tasks?type=%00&correlation_id=%00&equipment_id=%00')).status).to.equal(
      200,
    );
  });

  it('what retention has removed is gone: 410', async () => {
    await start();
    for (const path of [`tasks/${OLD_ID}`, `tasks/${OLD_ID}/history`, `report/${OLD_ID}`]) {
      expect((await rest.get(`/api/v1/${path}`)).status, path).to.equal(410);
    }
    expect((await rest.post(`/api/v1/tasks/${OLD_ID}/retry`)).status).to.equal(410);
    expect((await rest.post(`/api/v1/tasks/${OLD_ID}/cancel`)).status).to.equal(410);
  });

  it('a full ledger refuses over REST, leaves messages in the queue, and loses none', async () => {
    const url = await (await rabbitmq()).vhostUrl();
    env = { ...env, AMQP_URL: url, AMQP_PREFETCH: '50', TASKS_WAITING_LIMIT: '200' };
    const client = await amqpClient(url, ['task_report', 'ready_report']);
    try {
      await start();
      await pause();
      const sent = Array.from({ length: 600 }, (_, i) => `{"correlation_id": ${i}, "phones": [1]}`);
      await client.send('task_report', sent);
      const refused = await waitFor(
        'a refusal',
        async () => {
          const answer = await rest.post('/api/v1/report', { body: { numbers: [1], correlation_id: 'r' } });
          return answer.status === 503 && answer;
        },
        { timeoutMs: TAKE_MS },
      );
      expect(refused.headers.get('retry-after')).to.match(/^[1-9]\d*$/);
      expect(refused.body).to.include({ code: 'tasks.too-many-waiting' });
      // In this order: what is taken in between waits, and is left in the queue no more.
      const { messageCount } = await client.channel.checkQueue('task_report');
      const waiting = (await rest.tasks('&status=pending')).length;
      expect(waiting).to.be.within(200, 260);
      expect(messageCount, 'left in the queue').to.be.at.least(600 - waiting - 50);
      await rest.post(`${TYPE}/resume`);
      const ready = await client.read('ready_report');
      await waitFor('all answers', () => ready.length >= 600, { timeoutMs: TAKE_MS });
      const answered = ready.map(({ content }) => JSON.parse(content.toString()) as Record<string, unknown>);
      expect(new Set(answered.map(({ correlation_id }) => correlation_id)).size).to.equal(600);
      expect(answered.every(({ status }) => status === 'Complete')).to.equal(true);
      expect((await client.channel.checkQueue('task_report.dead')).messageCount).to.equal(0);
    } finally {
      await client.close();
    }
  });
});
