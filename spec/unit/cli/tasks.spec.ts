import { expect } from 'chai';
import { runCli } from '../../support/run-cli.js';
import { ScriptedApi } from '../../support/scripted-api.js';
import type { ScriptedAnswer } from '../../support/scripted-api.js';

const TASK = {
  task_status: 'error',
  task_id: '0198b6a2-7a40-7000-8000-000000000000',
  task_name: 'aggregate_calls',
  received: '2026-01-01T00:00:00.000Z',
  completed: '2026-01-01T00:00:01.000Z',
  error_message: 'No attempts\u001b[2J found',
};
const PAUSED = {
  ...{ type: 'aggregate_calls', paused: true, paused_by: 'olga', paused_at: '2026-01-01T00:00:00.000Z' },
  ...{ reason: 'why', waiting: 5, running: 1, concurrency: 16 },
};

describe('switchyard tasks', () => {
  let api: ScriptedApi;
  beforeEach(async () => (api = await ScriptedApi.start()));
  afterEach(() => api.stop());

  const tasks = (...args: string[]) => runCli(['tasks', ...args, '--url', api.address]);
  const answer = (body: unknown, status = 200): void => {
    api.script = (): ScriptedAnswer => ({ status, body });
  };

  it('list goes on over pages, empty ones too, until it has as many as asked for', async () => {
    api.script = ({ path }) => {
      const page = new URL(path, 'http://x').searchParams.get('cursor') ?? '0';
      const statuses = page === '1' ? [] : [TASK, TASK];
      const link = `<${path.split('&cursor')[0]}&cursor=${Number(page) + 1}>; rel="next"`;
      return { status: 200, headers: { link }, body: { statuses } };
    };
    const { code, stdout } = await tasks(
      'list',
      '--error',
      'no attempts',
      '--phone',
      '17',
      '-n',
      '3',
      '--json',
    );
    expect(code).to.equal(0);
    expect(JSON.parse(stdout)).to.deep.equal([TASK, TASK, TASK]);
    const query = Object.fromEntries(new URL(api.requests[0]!.path, 'http://x').searchParams);
    expect(query).to.deep.equal({ error: 'no attempts', phone: '17', limit: '3' });
    expect(api.requests).to.have.lengthOf(3);
  });

  it('list prints a table that no terminal obeys', async () => {
    answer({ statuses: [TASK] });
    const { stdout } = await tasks('list');
    expect(stdout)
      .to.contain('No attempts?[2J found')
      .and.to.match(/aggregate_calls │ error/);
    answer({ statuses: [] });
    expect((await tasks('list')).stdout).to.equal('no tasks\n');
  });

  it('show prints what happened, and who did it', async () => {
    const entry = {
      at: TASK.received,
      from: null,
      to: 'pending',
      reason: 'created',
      attempt: 0,
      actor: 'olga',
    };
    api.script = ({ path }) => ({
      status: 200,
      body: path.endsWith('/history') ? { items: [entry] } : TASK,
    });
    const { stdout } = await tasks('show', TASK.task_id);
    expect(stdout).to.match(/created +│ olga/);
  });

  it('cancel and retry with a filter count, and act with --yes alone', async () => {
    answer({ dry_run: true, matched: 7 });
    const preview = await tasks('retry', '--status', 'error', '--type', 'aggregate_calls');
    expect(preview.stdout).to.equal('7 tasks match; --yes does it\n');
    answer({ dry_run: false, matched: 7, accepted: 7, bulk_id: 'b' }, 202);
    const done = await tasks('cancel', '--source', 'queue', '--yes');
    expect(done.stdout).to.equal('accepted: cancel of 7 tasks (bulk b)\n');
    const sent = api.seen('POST').map(({ path, body }) => [path, JSON.parse(body) as unknown]);
    expect(sent).to.deep.equal([
      ['/api/v1/tasks/retry', { filter: { type: 'aggregate_calls', status: 'error' }, dry_run: true }],
      ['/api/v1/tasks/cancel', { filter: { source: 'queue' } }],
    ]);
  });

  it('cancel and retry act on one task, a retry under a key', async () => {
    answer(TASK, 202);
    expect((await tasks('cancel', TASK.task_id)).code).to.equal(0);
    expect((await tasks('retry', TASK.task_id)).stdout).to.equal(`${TASK.task_id}: error\n`);
    const [cancel, retry] = api.seen('POST');
    expect(cancel!.path).to.equal(`/api/v1/tasks/${TASK.task_id}/cancel`);
    expect(retry!.path).to.equal(`/api/v1/tasks/${TASK.task_id}/retry`);
    expect(retry!.headers['idempotency-key']).to.match(/^[0-9a-f-]{36}$/);
  });

  it('pause, resume and types', async () => {
    answer(PAUSED);
    expect((await tasks('pause', 'aggregate_calls', '--reason', 'why')).stdout).to.equal(
      'paused aggregate_calls\n',
    );
    expect((await tasks('resume', 'a/b')).stdout).to.equal('resumed a/b\n');
    const [pause, resume] = api.seen('POST');
    expect([pause!.path, JSON.parse(pause!.body)]).to.deep.equal([
      '/api/v1/task-types/aggregate_calls/pause',
      { reason: 'why' },
    ]);
    expect(resume!.path).to.equal('/api/v1/task-types/a%2Fb/resume');
    answer({ items: [PAUSED], next_cursor: null });
    expect((await tasks('types')).stdout).to.match(/aggregate_calls +│ 5 .*by olga: why/);
  });

  it('end with 1 and the reason where the service refuses', async () => {
    answer({ detail: 'The task was retried before', code: 'tasks.retried-before' }, 409);
    const { code, stderr } = await tasks('retry', TASK.task_id);
    expect([code, stderr]).to.deep.equal([
      1,
      'switchyard: The task was retried before (409, tasks.retried-before)\n',
    ]);
  });
});
