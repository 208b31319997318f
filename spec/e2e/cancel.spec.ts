import { expect } from 'chai';
import { attemptsFile, putEnd, takeEnd } from '../support/attempts-file.js';
import { answersOf } from '../support/open-api.js';
import { RestClient } from '../support/rest-client.js';
import { type Service, startService } from '../support/service.js';
import { waitFor } from '../support/wait-for.js';

/** So many that one thread reads them for a good while. */
const MANY = 2_000_000;
const JOB = { numbers: [1], correlation_id: 1 };

describe('cancelling', function () {
  this.timeout(120_000);
  let service: Service | undefined;
  let rest: RestClient;

  async function start(file: string): Promise<void> {
    const env = { DATA_FILE: file, DATA_SETTLE_S: '60', WORKER_THREADS: '1', REPORTS_CONCURRENCY: '1' };
    service = await startService({ env });
    rest = new RestClient(service.url, {}, await answersOf(service.url));
  }

  const cancel = (id: string, headers = {}) => rest.post(`/api/v1/tasks/${id}/cancel`, { headers });

  async function running(): Promise<string> {
    const id = await rest.accepted(JOB);
    await waitFor('the task to run', async () => (await rest.task(id)).task_status === 'in_work');
    return id;
  }

  afterEach(async () => {
    await service?.stop();
  });

  it('a running aggregation ends it within a second, and the thread is free for the next', async () => {
    await start(await attemptsFile(MANY));
    const id = await running();
    const began = performance.now();
    expect((await cancel(id)).status).to.equal(202);
    await waitFor('the end', async () => (await rest.task(id)).task_status === 'cancelled');
    expect(performance.now() - began, 'ms').to.be.below(1_000);
    expect((await rest.get(`/api/v1/report/${id}`)).body).to.include({
      status: 409,
      detail: 'The task was cancelled',
    });
    expect((await rest.report(JOB)).status).to.equal(200);
  });

  it('tells waiting, running and ended apart', async () => {
    const file = await attemptsFile();
    await start(file);
    await takeEnd(file);
    const first = await running();
    const second = await rest.accepted(JOB);
    const waiting = await cancel(second);
    expect(waiting.status).to.equal(200);
    expect(waiting.body).to.include({ task_status: 'cancelled' });
    expect((await cancel(first)).status).to.equal(202);
    await waitFor('the end', async () => (await rest.task(first)).task_status === 'cancelled');
    for (const id of [first, second]) {
      expect((await cancel(id)).body).to.include({ status: 409, code: 'tasks.already-ended' });
      const history = await rest.history(id);
      expect(history.filter(({ to }) => to === 'cancelled').map(({ actor }) => actor)).to.have.lengthOf(1);
    }
    expect((await rest.history(second)).at(-1)).to.include({ actor: 'loopback', to: 'cancelled' });
    await putEnd(file);
    expect((await rest.report(JOB)).status).to.equal(200);
  });

  it('honours If-Match', async () => {
    const file = await attemptsFile();
    await start(file);
    await takeEnd(file);
    const first = await running();
    const id = await rest.accepted(JOB);
    const etag = (await rest.get(`/api/v1/tasks/${id}`)).headers.get('etag')!;
    expect((await cancel(id, { 'if-match': '"another"' })).status).to.equal(412);
    expect((await rest.task(id)).task_status).to.equal('pending');
    expect((await cancel(id, { 'if-match': etag })).status).to.equal(200);
    await cancel(first);
  });
});
