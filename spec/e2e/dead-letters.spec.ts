import { expect } from 'chai';
import type { ConsumeMessage } from 'amqplib';
import { type AmqpClient, amqpClient } from '../support/amqp-client.js';
import { attemptsFile } from '../support/attempts-file.js';
import { rabbitmq } from '../support/rabbitmq.js';
import { RestClient } from '../support/rest-client.js';
import type { Answer } from '../support/rest-client.js';
import { runCli } from '../support/run-cli.js';
import { type Service, startService } from '../support/service.js';
import { waitFor } from '../support/wait-for.js';

interface Letter {
  id: string;
  kind: string;
  source: string;
  reason: string;
  status: string;
  acted_by: string | null;
  replayed_as: string | null;
  headers: Record<string, unknown>;
  payload: unknown;
  history: { action: string; by: string; reason: string | null }[];
}

const letterIn = (answer: Answer): Letter => answer.body as Letter;

describe('dead letters over RabbitMQ', function () {
  this.timeout(90_000);
  let env: Record<string, string>;
  let service: Service;
  let rest: RestClient;
  let client: AmqpClient;
  let ready: ConsumeMessage[];

  before(async () => {
    const url = await (await rabbitmq()).vhostUrl();
    env = { DATA_FILE: await attemptsFile(), AMQP_URL: url, REPORTS_MAX_PHONES: '3' };
    client = await amqpClient(url, ['task_report', 'ready_report']);
    service = await startService({ env });
    rest = new RestClient(service.url);
    ready = await client.read('ready_report');
  });
  beforeEach(() => (ready.length = 0));
  after(async () => {
    await client?.close();
    await service?.stop();
  });

  const list = async (query = ''): Promise<Letter[]> =>
    ((await rest.get(`/api/v1/dead-letters?limit=1000${query}`)).body as { items: Letter[] }).items;

  async function restart(more: Record<string, string>, kill = false): Promise<void> {
    await (kill ? service.kill() : service.stop());
    env = { ...env, ...more };
    service = await startService({ env, cwd: service.cwd });
    rest = new RestClient(service.url);
  }

  const job = (id: string | number, more = ''): string =>
    `{"correlation_id": ${JSON.stringify(id)}, "phones": [1, 2, 3, 4]${more}}`;

  it('are looked at with secrets hidden, and replayed once after the limit was raised', async () => {
    const sent = { messageId: 'job-1', correlationId: 'c-1', headers: { retry: 1, token: 'hunter2' } };
    await client.send('task_report', [job('too many', ', "password": "hunter2"')], sent);
    const [letter] = await waitFor('the letter', async () => {
      const found = await list('&status=waiting');
      return found.length > 0 && found;
    });
    expect(letter).to.include({ kind: 'message', source: 'task_report', reason: 'invalid-job' });
    const looked = await rest.get(`/api/v1/dead-letters/${letter!.id}`);
    expect(looked.text).not.to.contain('hunter2');
    expect(letterIn(looked)).to.deep.include({
      payload: { correlation_id: 'too many', phones: [1, 2, 3, 4], password: '[redacted]' },
      headers: { retry: 1, token: '[redacted]' },
    });
    await restart({ REPORTS_MAX_PHONES: '10' });
    ready.length = 0;
    const replayed = await rest.post(`/api/v1/dead-letters/${letter!.id}/replay`);
    expect([replayed.status, letterIn(replayed).status]).to.deep.equal([200, 'replayed']);
    expect(letterIn(replayed).acted_by).to.equal('loopback');
    await waitFor('the answer', () => answered().has('too many'));
    const again = await rest.post(`/api/v1/dead-letters/${letter!.id}/replay`);
    expect([again.status, (again.body as { code: string }).code]).to.deep.equal([
      409,
      'dead-letters.not-waiting',
    ]);
    expect(await list('&status=waiting')).to.deep.equal([]);
    expect((await client.channel.checkQueue('task_report.dead')).messageCount, 'the copy stays').to.equal(1);
  });

  it('are replayed in bulk, each once, whenever the process is killed', async () => {
    await restart({ REPORTS_MAX_PHONES: '3' });
    const jobs = Array.from({ length: 120 }, (_, n) => job(n));
    await client.send('task_report', jobs);
    await waitFor('120 letters', async () => (await list('&status=waiting')).length === 120);
    await restart({ REPORTS_MAX_PHONES: '10' });
    ready.length = 0;
    const filter = { source: 'task_report', reason: 'invalid-job' };
    const preview = await rest.post('/api/v1/dead-letters/replay', { body: { filter, dry_run: true } });
    expect(preview.status).to.equal(200);
    expect(preview.body).to.deep.include({ dry_run: true, matched: 120 });
    expect((preview.body as { sample: Letter[] }).sample).to.have.length(10);
    const body = { filter, dry_run: false, rate_per_s: 60 };
    const accepted = await rest.post('/api/v1/dead-letters/replay', { body });
    expect([accepted.status, accepted.body]).to.deep.equal([
      202,
      { dry_run: false, matched: 120, accepted: 120 },
    ]);
    for (const more of [10, 50]) {
      await waitFor('some replays', async () => (await list('&status=replayed')).length > more);
      await restart({}, true);
    }
    await waitFor('all replays', async () => (await list('&status=waiting')).length === 0, {
      timeoutMs: 30_000,
    });
    await waitFor('120 answers', () => answered().size === 120, { timeoutMs: 30_000 });
    expect(await rest.tasks(), 'with that of the letter before').to.have.length(121);
    const second = await rest.post('/api/v1/dead-letters/replay', { body });
    expect(second.body).to.deep.equal({ dry_run: false, matched: 0, accepted: 0 });
  });

  /** What was refused has been answered too, with an error. */
  function answered(): Set<unknown> {
    const answers = ready.map(
      ({ content }) => JSON.parse(content.toString()) as { correlation_id: unknown; status: string },
    );
    return new Set(
      answers.filter(({ status }) => status === 'Complete').map((answer) => answer.correlation_id),
    );
  }

  it('are seen in the metrics while they wait, and discarded with a reason', async () => {
    await client.send('task_report', ['no json', 'nor this']);
    await waitFor('both letters', async () => (await list('&status=waiting')).length === 2);
    await restart({});
    const counted = 'switchyard_dead_letters_waiting{reason="invalid-json"} 2';
    await waitFor('the count', async () => (await rest.get('/metrics')).text.includes(counted));
    const [one, two] = await list('&status=waiting&reason=invalid-json');
    const discarded = await rest.post(`/api/v1/dead-letters/${one!.id}/discard`, {
      body: { reason: 'a test' },
    });
    expect(discarded.body).to.include({ status: 'discarded', action_reason: 'a test', acted_by: 'loopback' });
    const unsaid = await rest.post(`/api/v1/dead-letters/${two!.id}/discard`, { body: {} });
    expect(unsaid.status).to.equal(422);
    const bulk = await rest.post('/api/v1/dead-letters/discard', {
      body: { filter: { reason: 'invalid-json' }, reason: 'all tests', dry_run: false },
    });
    expect([bulk.status, bulk.body]).to.deep.equal([202, { dry_run: false, matched: 1, accepted: 1 }]);
    await waitFor('none to wait', async () => (await list('&status=waiting')).length === 0);
    const { history } = letterIn(await rest.get(`/api/v1/dead-letters/${two!.id}`));
    expect(history.map(({ action, by, reason }) => [action, by, reason])).to.deep.equal([
      ['added', 'switchyard', 'invalid-json'],
      ['discarded', 'loopback', 'all tests'],
    ]);
  });

  it('are listed by pages and filters, and unknown parameters are refused', async () => {
    const first = await rest.get('/api/v1/dead-letters?limit=2&status=replayed');
    const page = first.body as { items: Letter[]; next_cursor: string };
    expect(page.items).to.have.length(2);
    expect(first.headers.get('link'))
      .to.contain(`cursor=${page.next_cursor}`)
      .and.to.contain('status=replayed');
    const next = await rest.get(`/api/v1/dead-letters?limit=1000&status=replayed&cursor=${page.next_cursor}`);
    expect((next.body as { items: Letter[]; next_cursor: null }).items).to.have.length(119);
    expect((next.body as { next_cursor: null }).next_cursor).to.equal(null);
    expect(await list('&kind=task')).to.deep.equal([]);
    expect(await list(`&to=2020-01-01T00:00:00Z`)).to.deep.equal([]);
    expect((await rest.get('/api/v1/dead-letters?colour=red')).status).to.equal(422);
    expect((await rest.get('/api/v1/dead-letters?cursor=x')).status).to.equal(422);
    expect((await rest.get('/api/v1/dead-letters/x')).status).to.equal(404);
  });

  it('are handled from the command line', async () => {
    const cli = async (...args: string[]): Promise<string> => {
      const { code, stdout, stderr } = await runCli(['dead-letters', ...args, '--url', service.url]);
      expect([code, stderr], args.join(' ')).to.deep.equal([0, '']);
      return stdout;
    };
    await client.send('task_report', ['x', 'password: hunter2', job(9_007_199_254_740_993n.toString(), ',')]);
    await waitFor('three letters', async () => (await list('&status=waiting')).length === 3);
    expect(await cli('list')).to.match(/task_report .* invalid-json .* must be JSON in UTF-8 .* waiting/);
    const [last, second, first] = JSON.parse(await cli('list', '--json')) as Letter[];
    expect(await cli('show', second!.id)).to.match(
      /^message of task_report, waiting\n[^]*\npassword: \[redacted\]\n$/,
    );
    expect(JSON.parse(await cli('show', last!.id, '--json'))).to.include({ payload_encoding: 'text' });
    expect(await cli('stop')).to.equal('stopped; 0 dead letters wait on\n');
    expect(await cli('replay', first!.id)).to.match(/^replayed as message [0-9a-f-]{36}\n$/);
    await waitFor('its next letter', async () => (await list('&status=waiting')).length === 3);
    const counted = await cli('discard', '--source', 'task_report', '--because', 'tests');
    expect(counted).to.match(/3 dead letters are found; nothing was done, --yes does it\n$/);
    expect(await cli('discard', '--source', 'task_report', '--because', 'tests', '--yes')).to.equal(
      '3 of 3 dead letters are being discarded\n',
    );
    await waitFor('none to wait', async () => (await list('&status=waiting')).length === 0);
    const again = await runCli(['dead-letters', 'replay', first!.id, '--url', service.url]);
    expect(again.code).to.equal(1);
    expect(again.stderr).to.match(/was replayed by loopback already \(409, dead-letters\.not-waiting\)/);
    const [chained] = await list('&status=discarded');
    const { headers } = letterIn(await rest.get(`/api/v1/dead-letters/${chained!.id}`));
    expect(headers).to.include({ 'x-replayed-from': first!.id });
  });

  it('are read by viewers and acted on by operators, whose names are kept', async () => {
    await client.send('task_report', ['no json either']);
    const [letter] = await waitFor('the letter', async () => {
      const found = await list('&status=waiting');
      return found.length > 0 && found;
    });
    const token = async (name: string, role: string): Promise<RestClient> => {
      const { stdout } = await runCli(['tokens', 'create', name, '--role', role], { cwd: service.cwd });
      return new RestClient(service.url, { authorization: `Bearer ${stdout.trim()}` });
    };
    const viewer = await token('vera', 'viewer');
    const operator = await token('olga', 'operator');
    const path = `/api/v1/dead-letters/${letter!.id}`;
    await waitFor('the tokens', async () => (await rest.get(path)).status === 401);
    await waitFor('the newest one', async () => (await operator.get(path)).status === 200);
    expect((await viewer.get(path)).status).to.equal(200);
    const discard = { body: { reason: 'x' } };
    expect((await viewer.post(`${path}/replay`)).status).to.equal(403);
    expect((await viewer.post(`${path}/discard`, discard)).status).to.equal(403);
    const bulk = { body: { filter: {}, dry_run: true } };
    expect((await viewer.post('/api/v1/dead-letters/replay', bulk)).status).to.equal(403);
    expect((await operator.post(`${path}/discard`, discard)).body).to.include({ acted_by: 'olga' });
  });
});
