import { writeFile } from 'node:fs/promises';
import { expect } from 'chai';
import { join } from 'node:path';
import { attemptsFile } from '../support/attempts-file.js';
import { RestClient } from '../support/rest-client.js';
import { launchService, type LaunchedService, type Service, startService } from '../support/service.js';
import { mountSmallDisk, type SmallDisk } from '../support/small-disk.js';
import { tempFolder } from '../support/temp-folder.js';
import { waitFor } from '../support/wait-for.js';

const TAKE_MS = 30_000;

interface Ready {
  http: number;
  database: { status: string; detail?: string };
}

async function readiness(rest: RestClient): Promise<Ready> {
  const { status, body } = await rest.get('/readyz');
  return { http: status, database: (body as { parts: { database: Ready['database'] } }).parts.database };
}

describe('where the disk of its state is full, a service', function () {
  this.timeout(90_000);
  let disk: SmallDisk | undefined;
  let env: Record<string, string>;
  let service: Service | undefined;
  let launched: LaunchedService | undefined;

  beforeEach(async function () {
    disk = await mountSmallDisk(join(await tempFolder(), 'state'), 64);
    if (!disk) return this.skip();
    env = { DATA_FILE: await attemptsFile(), STATE_DIR: disk.folder, LOG_LEVEL: 'error' };
  });

  afterEach(async () => {
    await service?.kill();
    await launched?.end('SIGKILL');
    service = launched = undefined;
    await disk?.unmount();
  });

  let number = 0;
  const nextJob = () => ({ numbers: [1], correlation_id: ++number });

  it('refuses work and says why, keeps what it accepted, and goes on when there is space', async () => {
    service = await startService({ env });
    const rest = new RestClient(service.url);
    const before = await Promise.all(Array.from({ length: 20 }, () => rest.accepted(nextJob())));
    await disk!.fill();
    // What the log of the database has room for is still taken.
    const during: string[] = [];
    const refusal = await waitFor(
      'a refusal',
      async () => {
        const answer = await rest.post('/api/v1/report', { body: nextJob() });
        if (answer.status !== 202) return answer;
        during.push((answer.body as { task_id: string }).task_id);
        return undefined;
      },
      { timeoutMs: TAKE_MS },
    );
    expect(refusal.body).to.include({ status: 503, code: 'db.disk-full' });
    expect(Number(refusal.headers.get('retry-after'))).to.be.above(0);
    const { database } = await readiness(rest);
    expect(database).to.deep.equal({
      status: 'degraded',
      detail: 'there is no space left on the disk of the database',
    });
    expect((await rest.get('/api/v1/tasks')).status, 'what is there is read').to.equal(200);

    await disk!.free();
    for (const id of [...before, ...during]) {
      const done = async (): Promise<boolean> => (await rest.task(id)).task_status === 'completed';
      await waitFor(`task ${id}`, done, { timeoutMs: TAKE_MS });
    }
    expect((await rest.report(nextJob())).status).to.equal(200);
    expect(await readiness(rest)).to.deep.include({
      http: 200,
      database: { status: 'ok', detail: 'SQLite' },
    });
  });

  it('waits at its start, and is ready when there is space', async () => {
    service = await startService({ env });
    const id = await new RestClient(service.url).accepted(nextJob());
    await service.kill();
    await disk!.fill();
    const launched = launchService({ env: { ...env, LOG_LEVEL: 'warn' }, cwd: service.cwd });
    const ready = launched.ready();
    await waitFor('the wait', () => launched.output().includes('no space left'), { timeoutMs: TAKE_MS });
    await disk!.free();
    service = await ready;
    const rest = new RestClient(service.url);
    const done = async (): Promise<boolean> => (await rest.task(id)).task_status === 'completed';
    await waitFor('the task of before', done, { timeoutMs: TAKE_MS });
  });

  it('waits at its very first start too, where nothing is there yet, and ends at once when told to', async () => {
    const cwd = disk!.folder;
    await writeFile(join(cwd, 'taken'), 'x'.repeat(10_000));
    await disk!.fill();
    const launch = (): LaunchedService =>
      (launched = launchService({ env: { STATE_DIR: 'state', LOG_LEVEL: 'warn' }, cwd }));
    const waits = (one: LaunchedService): Promise<unknown> =>
      waitFor('the wait', () => one.output().includes('no space left'), { timeoutMs: TAKE_MS });
    const told = launch();
    await waits(told);
    expect(await told.end('SIGTERM')).to.equal(0);

    const late = launch();
    const ready = late.ready();
    await waits(late);
    await disk!.free();
    service = await ready;
    expect((await new RestClient(service.url).report(nextJob())).status).to.equal(200);
  });
});
