import { expect } from 'chai';
import { runCli, startCli } from '../../support/run-cli.js';
import { ScriptedApi } from '../../support/scripted-api.js';
import { waitFor } from '../../support/wait-for.js';

describe('switchyard load', () => {
  let api: ScriptedApi;
  beforeEach(async () => (api = await ScriptedApi.start()));
  afterEach(() => api.stop());

  const load = (...args: string[]) => runCli(['load', '-u', api.address, ...args]);

  it('prints its figures in labelled lines', async () => {
    const { code, stdout, stderr } = await load();
    expect([code, stderr]).to.deep.equal([0, '']);
    expect(stdout).to.match(
      new RegExp(
        '^Result: 100 of 100 completed\n' +
          'Max task work duration: 0\\.250 s\nMin task work duration: 0\\.250 s\n' +
          'Average task work duration: 0\\.250 s\nTotal working time: \\d+\\.\\d{3} s\n' +
          'p50: \\d+\\.\\d ms\np99: \\d+\\.\\d ms\nRequests per second: \\d+\\.\\d\n$',
      ),
    );
    expect(api.seen('POST')).to.have.length(100);
    expect(JSON.parse(api.seen('POST')[0]?.body ?? '')).to.deep.include({
      numbers: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10],
    });
  });

  it('takes the report in the answer with --wait, and prints JSON with --json', async () => {
    const { stdout } = await load('-n', '20', '-c', '5', '-p', '4', '--wait', '--json');
    expect(JSON.parse(stdout)).to.deep.include({
      total: 20,
      completed: 20,
      failed: 0,
      max_task_work_s: 0.25,
    });
    expect(api.seen('GET')).to.deep.equal([]);
    expect(api.seen('POST')[0]?.headers).to.include({ prefer: 'wait=60' });
  });

  it('counts what failed, says why and how often, and ends with 1', async () => {
    api.script = ({ method }) =>
      method === 'POST' && api.seen('POST').length % 4 === 0
        ? { status: 422, body: { detail: 'no', code: 'request.invalid', request_id: String(Math.random()) } }
        : undefined;
    const { code, stdout, stderr } = await load('-n', '20');
    expect(code).to.equal(1);
    expect(stdout).to.match(/^Result: 15 of 20 completed\n/);
    expect(stderr).to.equal('switchyard: 5 of 20 failed\n  5 × no (422, request.invalid)\n');
  });

  it('goes on over a broken connection', async () => {
    api.script = ({ path }) => {
      if (path.startsWith('/api/v1/tasks') && api.requests.length === 10) api.breakConnections();
      return undefined;
    };
    const { code, stdout } = await load('-n', '10', '-c', '2');
    expect(stdout).to.match(/^Result: 10 of 10 completed\n/);
    expect(code).to.equal(0);
  });

  it('stops at once where nobody answers, and where the token is refused', async () => {
    api.script = () => ({ status: 401, body: { detail: 'A token is needed', code: 'access.no-token' } });
    const refused = await load();
    expect([refused.code, refused.stdout]).to.deep.equal([77, '']);
    expect(refused.stderr).to.equal('switchyard: A token is needed (401, access.no-token)\n');
    expect(api.seen('POST')).to.have.length.at.most(10);
    const away = await runCli(['load', '--url', 'http://127.0.0.1:1']);
    expect([away.code, away.stderr]).to.deep.equal([
      69,
      'switchyard: cannot reach the service at http://127.0.0.1:1: connection refused\n',
    ]);
  });

  it('prints what it has at Ctrl-C, and ends with 130', async () => {
    api.script = () => (api.requests.length > 50 ? 'hang' : undefined);
    const { child, result } = startCli(['load', '-u', api.address, '-c', '2']);
    await waitFor('some requests', () => api.requests.length > 51);
    child.kill('SIGINT');
    const { code, stdout, stderr } = await result;
    expect([code, stderr]).to.deep.equal([130, 'switchyard: interrupted\n']);
    expect(stdout).to.match(/^Result: \d+ of 100 completed\n/);
  });
});
