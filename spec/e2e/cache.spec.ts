import { rename } from 'node:fs/promises';
import { expect } from 'chai';
import { attemptsFile, plainReports, putEnd, takeEnd } from '../support/attempts-file.js';
import { RedisServer } from '../support/redis.js';
import { RestClient } from '../support/rest-client.js';
import { type Service, startService } from '../support/service.js';
import { waitFor } from '../support/wait-for.js';

const PASSES = 'switchyard_data_passes';
const JOB = { numbers: [3, 1, 777_777], correlation_id: 'cached' };

describe('the cache', function () {
  this.timeout(60_000);
  let service: Service | undefined;
  let redis: RedisServer | undefined;
  let file: string;
  let rest: RestClient;

  async function start(env: Record<string, string> = {}): Promise<void> {
    const again = service ? { cwd: service.cwd } : {};
    service = await startService({ env: { DATA_FILE: file, ...env }, ...again });
    rest = new RestClient(service.url);
  }

  async function dataOf(job: object = JOB): Promise<unknown> {
    const answer = await rest.report(job);
    expect(answer.status, answer.text).to.equal(200);
    return (answer.body as { data: unknown }).data;
  }

  async function expected(): Promise<unknown> {
    const reference = await plainReports(file);
    return [reference.get(3), reference.get(1)];
  }

  beforeEach(async () => {
    file = await attemptsFile();
  });

  afterEach(async () => {
    await service?.stop();
    await redis?.stop();
    service = redis = undefined;
  });

  it('answers the first report after a restart, and the file is not read', async () => {
    await start();
    const cold = await dataOf();
    expect(cold).to.deep.equal(await expected());
    expect(await rest.metric(PASSES)).to.equal(1);
    await service!.stop();
    await start();
    expect(await dataOf()).to.deep.equal(cold);
    const other = { numbers: [49, 888_888], correlation_id: 'a phone that nobody asked for before' };
    expect(await dataOf(other)).to.have.lengthOf(1);
    expect(await rest.metric(PASSES)).to.equal(0);
  });

  it('answers after a restart in Redis too', async () => {
    redis = await RedisServer.start();
    const url = { CACHE_URL: redis.url };
    await start(url);
    const cold = await dataOf();
    await service!.stop();
    await start(url);
    expect(await dataOf()).to.deep.equal(cold);
    expect(await rest.metric(PASSES)).to.equal(0);
  });

  it('answers nothing of another file: one that is replaced, or grows, is noticed', async () => {
    await start();
    await dataOf();
    await rename(await attemptsFile(5_000, 2), file);
    expect(await dataOf()).to.deep.equal(await expected());
    expect(await rest.metric(PASSES)).to.equal(2);
    await takeEnd(file);
    await putEnd(file, ', {"phone":777777,"start_date":1000,"end_date":2000}');
    expect(await dataOf()).to.have.lengthOf(3);
    expect(await dataOf()).to.have.lengthOf(3);
    expect(await rest.metric(PASSES)).to.equal(3);
  });

  it('forgets a result after its time', async () => {
    await start({ CACHE_TTL_S: '1' });
    await dataOf();
    await waitFor('a second pass', async () => {
      await dataOf();
      return (await rest.metric(PASSES)) > 1;
    });
  });

  it('keeps each period apart', async () => {
    await start();
    const all = await dataOf();
    const half = { ...JOB, from: '2023-07-01T00:00:00Z' };
    const later = await dataOf(half);
    expect(later).to.not.deep.equal(all);
    expect(await dataOf(half)).to.deep.equal(later);
    expect(await dataOf()).to.deep.equal(all);
    expect(await rest.metric(PASSES)).to.equal(2);
  });
});
