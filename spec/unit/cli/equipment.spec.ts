import { expect } from 'chai';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { runCli } from '../../support/run-cli.js';
import { ScriptedApi } from '../../support/scripted-api.js';
import { tempFolder } from '../../support/temp-folder.js';

const ID = '0198b6a2-7a40-7000-8000-000000000000';
const COUNTS = { waiting: 0, running: 0, completed: 3, failed: 0, cancelled: 0 };
const BATCH = { batch_id: ID, state: 'completed', reason: null, devices: 3, counts: COUNTS };
const TASK = {
  ...{ task_id: ID, task_name: 'equipment.configure', task_status: 'completed' },
  ...{ received: '2026-01-01T00:00:00.000Z', completed: '2026-01-01T00:00:01.000Z', error_message: null },
};
const PARAMETERS = { username: 'admin', password: 'not-shown-here', interfaces: [1] };

describe('switchyard equipment', () => {
  let api: ScriptedApi;
  let folder: string;
  beforeEach(async () => {
    api = await ScriptedApi.start();
    folder = await tempFolder();
  });
  afterEach(() => api.stop());

  const equipment = (...args: string[]) => runCli(['equipment', ...args, '--url', api.address]);
  async function file(name: string, text: string): Promise<string> {
    const path = join(folder, name);
    await writeFile(path, text);
    return path;
  }

  it('configure sends parameters or a whole request, and waits for the end where it is told to', async () => {
    api.script = ({ method }) => ({
      status: 200,
      body: method === 'POST' ? { code: 200, taskId: ID } : TASK,
    });
    const path = await file('params.json', JSON.stringify(PARAMETERS));
    expect(await equipment('configure', 'cpe00001', '--file', path)).to.include({
      code: 0,
      stdout: `${ID}\n`,
    });
    const done = await equipment('configure', 'cpe00001', '--file', path, '--wait', '--json');
    expect([done.code, JSON.parse(done.stdout)]).to.deep.equal([0, TASK]);
    const sent = api.seen('POST');
    expect(sent.map((one) => one.path)).to.deep.equal(Array(2).fill('/api/v1/equipment/cpe/cpe00001'));
    expect(JSON.parse(sent[0]!.body)).to.deep.equal({ timeoutInSeconds: 60, parameters: PARAMETERS });
    expect(sent[0]!.headers['idempotency-key']).to.be.a('string');
  });

  it('configure ends with 1 where the device was not configured, and with 2 for a file that is no JSON', async () => {
    const failed = { ...TASK, task_status: 'error', error_message: 'it said 500' };
    api.script = ({ method }) => ({
      status: 200,
      body: method === 'POST' ? { code: 200, taskId: ID } : failed,
    });
    const path = await file('params.json', JSON.stringify({ timeoutInSeconds: 5, parameters: PARAMETERS }));
    const result = await equipment('configure', 'cpe00001', '--file', path, '--wait');
    expect(result.code).to.equal(1);
    expect(result.stderr).to.contain('the configuration of cpe00001 failed').and.to.contain('it said 500');
    const bad = await equipment('configure', 'cpe00001', '--file', await file('bad.json', 'not-shown-here'));
    expect(bad.code).to.equal(2);
    expect(bad.stderr).to.contain('is no JSON').and.not.to.contain('not-shown-here');
  });

  it('batch sends a CSV as it is, waits for its end and says what became of it', async () => {
    const looks = [BATCH, { ...BATCH, state: 'running' }, BATCH];
    api.script = () => ({ status: 200, body: looks.shift() });
    const csv = 'id,username\r\n"cpe00001",ä\r\n';
    const path = await file('night.csv', csv);
    const { code, stdout } = await equipment(
      'batch',
      path,
      '--canary',
      '2',
      '--stop-at-failure-share',
      '0.1',
    );
    expect([code, stdout]).to.deep.equal([
      0,
      `batch ${ID} is completed: 3 configured, 0 failed, 0 cancelled\n`,
    ]);
    const [sent] = api.seen('POST');
    expect(sent!.path).to.equal('/api/v1/equipment/batches?canary=2&stop_at_failure_share=0.1');
    expect([sent!.body, sent!.headers['content-type']]).to.deep.equal([csv, 'text/csv']);
  });

  it('batch ends with 1 where a device failed or the batch stopped, and names the lines that are wrong', async () => {
    const stopped = {
      ...BATCH,
      state: 'stopped',
      reason: '1 of 2',
      counts: { ...COUNTS, waiting: 1, completed: 1, failed: 1 },
    };
    api.script = () => ({ status: 200, body: stopped });
    const path = await file('night.csv', 'id\n');
    const result = await equipment('batch', path);
    expect(result.code).to.equal(1);
    expect(result.stderr).to.contain('the batch is stopped: 1 of 2').and.to.contain('1 configured, 1 failed');
    const errors = [{ pointer: '/lines/3/vlan', detail: 'must be a whole number from 1 to 4094, got 5000' }];
    api.script = () => ({ status: 422, body: { detail: 'The batch has 1 fault', errors } });
    const refused = await equipment('batch', path, '--no-wait');
    expect(refused.code).to.not.equal(0);
    expect(refused.stderr).to.contain('/lines/3/vlan').and.to.contain('got 5000');
  });

  it('status shows a task with its steps, or a device with its tasks', async () => {
    const history = [
      { at: TASK.received, from: null, to: 'pending', reason: 'created', attempt: 0, actor: 'olga' },
    ];
    const device = {
      ...{
        equipment_id: 'cpe00001',
        last_seen_at: TASK.completed,
        last_task_id: ID,
        last_result: 'completed',
      },
      ...{ last_message: 'Completed', tasks: 1, failures: 0, note: 'cellar\u001b[2J' },
    };
    api.script = ({ path }) => {
      if (path.includes('/history?'))
        return { status: 200, body: { items: [{ ...TASK, created_by: 'olga' }] } };
      if (path.endsWith('/history')) return { status: 200, body: { items: history } };
      return { status: 200, body: path.includes('/devices/') ? device : TASK };
    };
    const task = await equipment('status', ID, '--json');
    expect(JSON.parse(task.stdout)).to.deep.equal({ ...TASK, history });
    const shown = await equipment('status', 'cpe00001');
    expect(shown.stdout)
      .to.match(/cpe00001 │ completed/)
      .and.to.contain('cellar?[2J')
      .and.to.contain(ID);
  });
});
