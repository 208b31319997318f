import { expect } from 'chai';
import { attemptsFile, putEnd, takeEnd } from '../support/attempts-file.js';
import { RestClient } from '../support/rest-client.js';
import { type Service, startService } from '../support/service.js';
import { waitFor } from '../support/wait-for.js';

describe('SIGTERM', function () {
  this.timeout(60_000);
  let file: string;
  let service: Service | undefined;
  let rest: RestClient;

  async function start(env: Record<string, string> = {}): Promise<Service> {
    const again = service ? { cwd: service.cwd } : {};
    service = await startService({ env: { DATA_FILE: file, ...env }, ...again });
    rest = new RestClient(service.url);
    return service;
  }

  beforeEach(async () => {
    file = await attemptsFile();
    service = undefined;
  });

  afterEach(async () => {
    await service?.kill();
  });

  it('turns readiness off, lets what runs end, and ends with 0', async () => {
    const first = await start({ DATA_SETTLE_S: '30' });
    await takeEnd(file);
    const id = await rest.accepted({ numbers: [1], correlation_id: 1 });
    await waitFor('the task to run', async () => (await rest.task(id)).task_status === 'in_work');
    const ended = first.stop();
    const ready = await waitFor('readiness to go', async () => {
      const answer = await rest.get('/readyz');
      return answer.status === 503 && answer;
    });
    expect(ready.body).to.include({ status: 'stopping' });
    expect((await rest.get('/livez')).status).to.equal(200);
    expect((await rest.task(id)).task_status).to.equal('in_work');
    await putEnd(file);
    expect(await ended).to.equal(0);

    await start();
    expect(await rest.task(id)).to.include({ task_status: 'completed' });
    expect((await rest.history(id)).map(({ to }) => to)).to.deep.equal(['pending', 'in_work', 'completed']);
  });

  it('gives back what does not end in time, and the next start does it', async () => {
    const first = await start({ DATA_SETTLE_S: '600', SHUTDOWN_DRAIN_S: '0' });
    await takeEnd(file);
    const id = await rest.accepted({ numbers: [1], correlation_id: 1 });
    await waitFor('the task to run', async () => (await rest.task(id)).task_status === 'in_work');
    expect(await first.stop()).to.equal(0);
    await putEnd(file);
    await start();
    await waitFor('the task to end', async () => (await rest.task(id)).task_status === 'completed');
  });

  it('leaves waiting work for the next start', async () => {
    const first = await start({ REPORTS_CONCURRENCY: '1', DATA_SETTLE_S: '600', SHUTDOWN_DRAIN_S: '1' });
    await takeEnd(file);
    const jobs = Array.from({ length: 20 }, (_, i) => ({ numbers: [i], correlation_id: i }));
    await Promise.all(jobs.map((job) => rest.accepted(job)));
    expect(await first.stop()).to.equal(0);
    await putEnd(file);
    await start();
    await waitFor(
      'all to be completed',
      async () => (await rest.tasks('&task_status=completed')).length === 20,
    );
  });

  it('ends at once where nothing runs', async () => {
    const began = Date.now();
    expect(await (await start()).stop()).to.equal(0);
    expect(Date.now() - began, 'far below the drain time of 30 s').to.be.below(15_000);
  });
});
