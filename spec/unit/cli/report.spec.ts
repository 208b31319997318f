import { expect } from 'chai';
import { runCli, startCli } from '../../support/run-cli.js';
import { ScriptedApi } from '../../support/scripted-api.js';
import { waitFor } from '../../support/wait-for.js';

describe('switchyard report', () => {
  let api: ScriptedApi;
  beforeEach(async () => (api = await ScriptedApi.start()));
  afterEach(() => api.stop());

  const report = (...args: string[]) => runCli(['report', '--url', api.address, ...args]);

  it('asks once, waits, and prints a table', async () => {
    const { code, stdout, stderr } = await report('-p', '3,7-8,1000', '--token', 't0ken', '--from', '0');
    expect([code, stderr]).to.deep.equal([0, '']);
    expect(stdout).to.match(/Phone.*Attempts.*Avg s/);
    expect(stdout).to.match(/\b7 │ +10 │ +1 │ +2 │ +7 │ +0 │ +1200 │ +61\.235 │ +5999\.5 /);
    expect(stdout).to.match(/not in the data: 1000\ntook 0\.250 s\n$/);
    const [post, ...more] = api.seen('POST');
    expect(more).to.deep.equal([]);
    expect(post?.headers).to.include({ authorization: 'Bearer t0ken' });
    expect(post?.headers['idempotency-key']).to.match(/^[0-9a-f-]{36}$/);
    expect(JSON.parse(post?.body ?? '')).to.deep.include({ numbers: [3, 7, 8, 1000], from: 0 });
  });

  it('prints the CSV that the service makes', async () => {
    const { stdout } = await report('--phones', '2,1', '--csv');
    expect(stdout).to.equal('phone,cnt_all_attempts\r\n2,10\r\n1,10\r\n');
  });

  it('prints the JSON of the service untouched, numbers beyond 2^53 included', async () => {
    const { stdout } = await report('--phones', '1', '--json');
    expect(stdout).to.contain('"correlation_id":9223372036854775807}\n');
  });

  it('takes address and token from the environment', async () => {
    const env = { SWITCHYARD_URL: `http://${api.address}/`, SWITCHYARD_TOKEN: 'from-env' };
    expect((await runCli(['report', '-p', '1'], { env })).code).to.equal(0);
    expect(api.seen('POST')[0]?.headers).to.include({ authorization: 'Bearer from-env' });
  });

  it('ends with 1 and the reason where the report failed', async () => {
    const failed = {
      task_status: 'error',
      task_id: 'x',
      error_message: 'None of the phones\u001b[2J is in the data',
    };
    api.script = ({ path }) => (path.startsWith('/api/v1/tasks') ? { status: 200, body: failed } : undefined);
    const { code, stdout, stderr } = await report('-p', '1');
    expect([code, stdout]).to.deep.equal([1, '']);
    expect(stderr).to.equal('switchyard: the report failed\n  None of the phones?[2J is in the data\n');
  });

  it('shows what a refusal says: detail, code, each field, request id', async () => {
    const errors = [{ pointer: '/numbers/0', detail: 'must be a whole number ≥ 0' }];
    const body = { detail: '1 field is invalid', code: 'request.invalid', request_id: 'r-1', errors };
    api.script = () => ({ status: 422, body });
    const { code, stderr } = await report('-p', '1');
    expect(code).to.equal(1);
    expect(stderr).to.equal(
      'switchyard: 1 field is invalid (422, request.invalid)\n' +
        '  /numbers/0: must be a whole number ≥ 0\n  request id r-1\n',
    );
  });

  for (const [status, exit] of [
    [401, 77],
    [403, 77],
    [404, 1],
    [500, 1],
  ] as const) {
    it(`ends with ${exit} at a ${status}, whatever its body is`, async () => {
      api.script = () => ({ status, body: '<html>' });
      const { code, stderr } = await report('-p', '1');
      expect([code, stderr]).to.deep.equal([exit, `switchyard: the answer does not say why (${status})\n`]);
    });
  }

  it('tries a 503 again under the same key', async () => {
    api.script = ({ method }) =>
      method === 'POST' && api.seen('POST').length < 3 ? { status: 503, body: '' } : undefined;
    expect((await report('-p', '1')).code).to.equal(0);
    expect(new Set(api.seen('POST').map(({ headers }) => headers['idempotency-key'])).size).to.equal(1);
    expect(api.seen('POST')).to.have.length(3);
  });

  it('says in one line that nobody answers, and ends with 69', async () => {
    await api.stop();
    const { code, stderr } = await runCli(['report', '-p', '1', '-u', '127.0.0.1:1']);
    expect(code).to.equal(69);
    expect(stderr).to.equal(
      'switchyard: cannot reach the service at http://127.0.0.1:1: connection refused\n',
    );
  });

  it('says when something else answers', async () => {
    api.script = () => ({ status: 200, body: '<html>' });
    const { code, stderr } = await report('-p', '1');
    expect([code, stderr]).to.deep.equal([
      1,
      `switchyard: what answers at http://${api.address} is not Switchyard\n`,
    ]);
  });

  it('ends with 75 where the task takes longer than --timeout', async () => {
    const task = { task_status: 'in_work', task_id: 'abc' };
    api.script = ({ path }) => (path.startsWith('/api/v1/tasks') ? { status: 200, body: task } : undefined);
    const { code, stderr } = await report('-p', '1', '--timeout', '1');
    expect(code).to.equal(75);
    expect(stderr).to.match(/^switchyard: task [0-9a-f-]{36} has not ended in 1 s; it goes on\n$/);
  });

  it('ends with 130 at Ctrl-C, in the middle of a call too', async () => {
    api.script = () => 'hang';
    const { child, result } = startCli(['report', '-p', '1', '-u', api.address]);
    await waitFor('the request', () => api.requests.length > 0);
    child.kill('SIGINT');
    const { code, stderr } = await result;
    expect([code, stderr]).to.deep.equal([130, 'switchyard: interrupted\n']);
  });
});
