import { expect } from 'chai';
import { attemptsFile, plainReports, putEnd, takeEnd } from '../support/attempts-file.js';
import { answersOf } from '../support/open-api.js';
import { RestClient } from '../support/rest-client.js';
import { type Service, startService } from '../support/service.js';
import { waitFor } from '../support/wait-for.js';

const REPORT = '/api/v1/report';
const JOB = { numbers: [5, 2, 5], correlation_id: 'job' };

describe('reports over REST', function () {
  this.timeout(60_000);
  let file: string;
  let service: Service;
  let rest: RestClient;

  async function start(cwd?: string): Promise<void> {
    const env = { DATA_FILE: file, DATA_SETTLE_S: '60', REPORTS_CONCURRENCY: '16' };
    service = await startService({ env, ...(cwd === undefined ? {} : { cwd }) });
    rest = new RestClient(service.url, {}, await answersOf(service.url));
  }

  before(async () => {
    file = await attemptsFile();
    await start();
  });

  after(async () => {
    await service?.stop();
  });

  it('that ten ask for at once on a cold cache share one pass', async () => {
    const reference = await plainReports(file);
    const numbers = Array.from({ length: 10 }, (_, i) => [i, i + 20]);
    const answers = await Promise.all(
      numbers.map((phones, i) => rest.report({ numbers: phones, correlation_id: i })),
    );
    for (const [i, answer] of answers.entries()) {
      expect(answer.status).to.equal(200);
      const data = numbers[i]!.map((phone) => reference.get(phone));
      expect(answer.body).to.deep.include({ data, correlation_id: i, task_from: 'client_api' });
    }
    expect(await rest.metric('switchyard_data_passes')).to.equal(1);
  });

  it('are accepted, done, and read under their id', async () => {
    const accepted = await rest.post(REPORT, { body: JOB });
    expect(accepted.status).to.equal(202);
    const { task_id: id } = accepted.body as { task_id: string };
    expect(accepted.headers.get('location')).to.equal(`/api/v1/tasks/${id}`);
    expect(accepted.body).to.deep.include({
      task_status: 'pending',
      task_name: 'aggregate_calls',
      completed: null,
    });
    await waitFor('the end', async () => (await rest.task(id)).task_status === 'completed');
    const report = (await rest.get(`${REPORT}/${id}`)).body as { data: { phone: number }[] };
    expect(report.data.map(({ phone }) => phone)).to.deep.equal([5, 2]);
    const history = await rest.history(id);
    expect(history.map(({ to, attempt }) => [to, attempt])).to.deep.equal([
      ['pending', 0],
      ['in_work', 1],
      ['completed', 1],
    ]);
    expect(history[0]!.actor).to.equal('loopback');
  });

  it('echo a correlation id of 64 bits digit by digit', async () => {
    const { text } = await rest.report('{"numbers":[1],"correlation_id":9223372036854775807}');
    expect(text).to.contain('"correlation_id":9223372036854775807');
  });

  it('name the phones that are not there, and fail where none is', async () => {
    const some = await rest.report({ numbers: [1, 777_777], correlation_id: 1 });
    expect(some.body).to.deep.include({ not_found: [777_777] });
    const none = await rest.report({ numbers: [777_777], correlation_id: 1 });
    expect(none.body).to.include({ status: 409, detail: 'No attempts found for phones 777777' });
  });

  it('name their task in each answer to the request, that of a failure included', async () => {
    const answers = [
      await rest.report(JOB),
      await rest.report({ ...JOB, numbers: [777777] }),
      await rest.post(REPORT, { body: JOB }),
    ];
    expect(answers.map(({ status }) => status)).to.deep.equal([200, 409, 202]);
    for (const { headers } of answers) {
      expect((await rest.get(headers.get('location')!)).status).to.equal(200);
    }
  });

  it('come as CSV where that is asked for', async () => {
    const { headers, text } = await rest.report(JOB, { accept: 'text/csv' });
    expect(headers.get('content-type')).to.contain('text/csv');
    const [head, ...lines] = text.trimEnd().split('\r\n');
    expect(head).to.match(/^phone,cnt_all_attempts,cnt_att_dur\.10_sec,/);
    expect(lines.map((line) => line.split(',')[0])).to.deep.equal(['5', '2']);
  });

  it('are answered with 202 and 409 while they are not ready, with 200 once they are', async () => {
    await takeEnd(file);
    const waited = await rest.report(JOB, { prefer: 'wait=1' });
    expect(waited.status).to.equal(202);
    const { task_id: id } = waited.body as { task_id: string };
    const early = await rest.get(`${REPORT}/${id}`);
    expect(early.body).to.include({ status: 409, detail: 'Result is not ready' });
    const running = rest.report({ ...JOB, correlation_id: 'another' });
    await putEnd(file);
    const answer = await running;
    expect(answer.status).to.equal(200);
    expect(answer.headers.get('preference-applied')).to.equal('wait=60');
    await waitFor('the first', async () => (await rest.get(`${REPORT}/${id}`)).status === 200);
  });

  it('with an Idempotency-Key are one task, after a restart too', async () => {
    const keyed = { 'idempotency-key': 'key-1' };
    const first = await rest.post(REPORT, { body: JOB, headers: keyed });
    const answers = await Promise.all([1, 2, 3].map(() => rest.post(REPORT, { body: JOB, headers: keyed })));
    for (const again of answers) expect([again.status, again.text]).to.deep.equal([202, first.text]);
    const other = { body: { ...JOB, numbers: [1] }, headers: keyed };
    expect((await rest.post(REPORT, other)).body).to.include({
      status: 422,
      code: 'tasks.idempotency-key-reused',
    });
    await service.stop();
    await start(service.cwd);
    const later = await rest.post(REPORT, { body: JOB, headers: keyed });
    expect([later.status, later.text]).to.deep.equal([202, first.text]);
    expect((await rest.post(REPORT, other)).status).to.equal(422);
  });

  it('carry the ids of the request on', async () => {
    const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
    const { headers } = await rest.report(JOB, { 'x-request-id': 'my-request-1', traceparent });
    expect(headers.get('x-request-id')).to.equal('my-request-1');
    expect(headers.get('traceparent')).to.match(/^00-0af7651916cd43dd8448eb211c80319c-[0-9a-f]{16}-01$/);
    expect(headers.get('traceparent')).to.not.equal(traceparent);
    await waitFor('its line', () => service.output().includes('"request_id":"my-request-1"'));
  });
});

describe('the list of tasks', function () {
  this.timeout(60_000);
  let service: Service;
  let rest: RestClient;
  let newestFirst: string[];

  before(async () => {
    service = await startService({ env: { DATA_FILE: await attemptsFile() } });
    rest = new RestClient(service.url, {}, await answersOf(service.url));
    const ids: string[] = [];
    for (let i = 0; i < 25; i++) {
      ids.push(
        await rest.accepted({ numbers: i === 7 ? [999_999] : [i], correlation_id: i % 2 ? i : `c-${i}` }),
      );
    }
    newestFirst = ids.reverse();
    await waitFor('all to end', async () => (await rest.tasks('&task_status=completed')).length === 24);
  });

  after(async () => {
    await service?.stop();
  });

  const idsOf = async (query: string): Promise<string[]> =>
    (await rest.tasks(query)).map(({ task_id }) => task_id);

  it('is read in pages along its Link headers, newest first', async () => {
    const seen: string[] = [];
    let next: string | undefined = '/api/v1/tasks?limit=10&task_name=aggregate_calls';
    const sizes: number[] = [];
    while (next !== undefined) {
      const { headers, body } = await rest.get(next);
      const { statuses } = body as { statuses: { task_id: string }[] };
      seen.push(...statuses.map(({ task_id }) => task_id));
      sizes.push(statuses.length);
      next = /^<(.+)>; rel="next"$/.exec(headers.get('link') ?? '')?.[1];
    }
    expect(seen).to.deep.equal(newestFirst);
    expect(sizes).to.deep.equal([10, 10, 5]);
  });

  it('is filtered by status, type, phone, correlation id and time', async () => {
    const [failed] = await rest.tasks('&task_status=error');
    expect(failed!.task_id).to.equal(newestFirst[24 - 7]);
    expect(await idsOf('&task_name=nothing')).to.deep.equal([]);
    expect(await idsOf('&phone=3')).to.deep.equal([newestFirst[24 - 3]]);
    expect(await idsOf('&correlation_id=c-4')).to.deep.equal([newestFirst[24 - 4]]);
    expect(await idsOf('&correlation_id=5')).to.deep.equal([newestFirst[24 - 5]]);
    const { received } = await rest.task(newestFirst[10]!);
    const before = await idsOf(`&to=${received}`);
    const since = await idsOf(`&from=${received}`);
    expect([...since, ...before]).to.deep.equal(newestFirst);
    expect(since).to.include(newestFirst[10]);
    expect(before).to.not.include(newestFirst[10]);
  });
});
