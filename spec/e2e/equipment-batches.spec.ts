import { expect } from 'chai';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { LiveSocket } from '../support/live-socket.js';
import { answersOf } from '../support/open-api.js';
import { RestClient } from '../support/rest-client.js';
import type { Answer } from '../support/rest-client.js';
import { type Service, startService } from '../support/service.js';
import { waitFor } from '../support/wait-for.js';

const PASSWORD = 'sealed-and-never-seen-7';
const PARAMETERS = { username: 'admin', password: PASSWORD, vlan: 534, interfaces: [1, 2] };
const BATCHES = '/api/v1/equipment/batches';
const ENV = { PROVISIONING_STAND_IN_MS: '5', PROVISIONING_CONCURRENCY: '50' };

interface BatchView {
  batch_id: string;
  state: string;
  devices: number;
  counts: Record<'waiting' | 'running' | 'completed' | 'failed' | 'cancelled', number>;
}

describe('batches of devices over REST', function () {
  this.timeout(180_000);
  let service: Service;
  let rest: RestClient;

  before(async () => {
    service = await startService({ env: ENV });
    rest = new RestClient(service.url, {}, await answersOf(service.url));
  });
  after(() => service.stop());

  const ids = (count: number, start: string): string[] =>
    Array.from({ length: count }, (_, n) => `${start}${String(n).padStart(5, '0')}`);
  const csv = (text: string, query = '', headers = {}): Promise<Answer> =>
    rest.post(`${BATCHES}${query}`, { body: text, headers: { 'content-type': 'text/csv', ...headers } });
  async function accepted(answer: Promise<Answer>): Promise<BatchView> {
    const { status, text, body, headers } = await answer;
    expect(status, text).to.equal(202);
    const batch = body as BatchView;
    expect(headers.get('location')).to.equal(`${BATCHES}/${batch.batch_id}`);
    return batch;
  }
  async function until(id: string, probe: (batch: BatchView) => boolean): Promise<BatchView> {
    return waitFor(
      'the batch to come so far',
      async () => {
        const { body } = await rest.get(`${BATCHES}/${id}`);
        return probe(body as BatchView) ? (body as BatchView) : undefined;
      },
      { timeoutMs: 90_000, everyMs: 50 },
    );
  }
  const ended = ({ state }: BatchView): boolean => state === 'completed';

  it('takes a CSV, tells live how far it is, and gives the result as CSV and JSON', async () => {
    const socket = await LiveSocket.open(service.url);
    await socket.subscribe('equipment-batches');
    const rows = ids(40, 'csv').map((device) => `${device};;;;`);
    const text = ['id;username;password;vlan;interfaces', `*;admin;${PASSWORD};534;1,2`, ...rows].join(
      '\r\n',
    );
    const { batch_id: id, devices } = await accepted(csv(text, '?name=night&canary=5'));
    expect(devices).to.equal(40);
    await until(id, ended);
    const told = () =>
      socket.frames.flatMap(({ event }) => (event?.subject.endsWith(id) ? [event.type] : []));
    await waitFor('the end to be told', () => told().includes('equipment.batch-completed'));
    expect(told()[0]).to.equal('equipment.batch-started');
    await socket.close();
    const result = await rest.get(`${BATCHES}/${id}/result`, { accept: 'text/csv' });
    const [header, first, ...others] = result.text.trimEnd().split('\r\n');
    expect(header).to.equal('equipment_id,state,code,message,attempts,task_id,ended_at');
    expect(first).to.match(/^csv00000,completed,200,Completed,1,[0-9a-f-]{36},20/);
    expect(others.length).to.equal(39);
    const { body } = await rest.get(`${BATCHES}/${id}/result`);
    expect((body as { items: unknown[] }).items.length).to.equal(40);
    const page = await rest.get(`${BATCHES}/${id}/items?state=completed&limit=15`);
    const { items, next_cursor: cursor } = page.body as {
      items: { position: number }[];
      next_cursor: string;
    };
    expect(items.map(({ position }) => position)).to.deep.equal(Array.from({ length: 15 }, (_, n) => n));
    const next = await rest.get(`${BATCHES}/${id}/items?state=completed&limit=15&cursor=${cursor}`);
    expect((next.body as { items: { position: number }[] }).items[0]!.position).to.equal(15);
  });

  it('starts nothing where anything is wrong, and says what and where', async () => {
    const before = ((await rest.get(BATCHES)).body as { items: unknown[] }).items.length;
    const wrong = await csv(`id,vlan\ngood0001,1\nbad,1\ngood0001,2\n`);
    expect(wrong.status).to.equal(422);
    const problem = wrong.body as { code: string; errors: { pointer: string }[] };
    expect(problem.code).to.equal('equipment.batch-invalid');
    expect(problem.errors.map(({ pointer }) => pointer)).to.include.members(['/lines/3', '/lines/4']);
    const json = await rest.post(BATCHES, {
      body: {
        devices: ['short', { id: 'good0001', parameters: { vlan: 0 } }],
        parameters: PARAMETERS,
        canary: -1,
        colour: 'red',
      },
    });
    const pointers = (json.body as typeof problem).errors.map(({ pointer }) => pointer);
    expect(pointers).to.deep.equal(['/canary', '/colour', '/devices/0', '/devices/1/parameters/vlan']);
    expect(
      (await rest.post(`${BATCHES}?canary=1`, { body: { devices: ['good0001'], parameters: PARAMETERS } }))
        .status,
    ).to.equal(422);
    expect((await rest.post(BATCHES, { body: '{"devices":[' })).status).to.equal(400);
    expect(
      (await rest.post(BATCHES, { body: 'x', headers: { 'content-type': 'text/plain' } })).status,
    ).to.equal(415);
    const after = ((await rest.get(BATCHES)).body as { items: unknown[] }).items.length;
    expect(after).to.equal(before);
  });

  it('is one batch for calls with one Idempotency-Key', async () => {
    const body = { devices: ids(2, 'once'), parameters: PARAMETERS };
    const headers = { 'idempotency-key': 'night-1' };
    const [one, two] = await Promise.all([1, 2].map(() => accepted(rest.post(BATCHES, { body, headers }))));
    expect(one!.batch_id).to.equal(two!.batch_id);
    const other = await rest.post(BATCHES, { body: { ...body, canary: 1 }, headers });
    expect([other.status, (other.body as { code: string }).code]).to.deep.equal([
      422,
      'equipment.idempotency-key-reused',
    ]);
  });

  it('knows the devices, their tasks and what was noted, against the version that was read', async () => {
    const { batch_id: id } = await accepted(
      rest.post(BATCHES, { body: { devices: ids(3, 'inv'), parameters: PARAMETERS } }),
    );
    await until(id, ended);
    const longest = await rest.get(`/api/v1/equipment/devices?prefix=${'a'.repeat(255)}`);
    expect([longest.status, longest.text]).to.deep.equal([200, '{"items":[],"next_cursor":null}']);
    const list = await rest.get('/api/v1/equipment/devices?prefix=inv&last_result=completed&limit=2');
    const { items, next_cursor: cursor } = list.body as {
      items: { equipment_id: string; last_batch_id: string }[];
      next_cursor: string;
    };
    expect(items.map((one) => one.equipment_id)).to.deep.equal(['inv00000', 'inv00001']);
    expect(items[0]!.last_batch_id).to.equal(id);
    expect(cursor).to.be.a('string');
    const path = '/api/v1/equipment/devices/inv00001';
    const etag = (await rest.get(path)).headers.get('etag')!;
    const patch = (note: string | null, match: string) =>
      rest.send('PATCH', path, { body: { note }, headers: { 'if-match': match } });
    const noted = await patch('in the cellar', etag);
    expect((noted.body as { note: string }).note).to.equal('in the cellar');
    expect((await patch('twice', etag)).status).to.equal(412);
    expect((await patch(null, noted.headers.get('etag')!)).status).to.equal(200);
    const history = await rest.get(`${path}/history`);
    expect((history.body as { items: { batch_id: string; task_status: string }[] }).items).to.have.lengthOf(
      1,
    );
    expect((await rest.get('/api/v1/equipment/devices/nobody01')).status).to.equal(404);
    expect((await rest.get('/api/v1/equipment/devices/nobody01/history')).status).to.equal(404);
  });

  it('takes 10,000 devices in one batch, goes on with them after a kill -9, and leaves no password anywhere', async () => {
    const own = `id,password\n*,\n`;
    expect((await csv(own)).status).to.equal(422);
    const rows = ids(10_000, 'many').map((id, n) => `${id},,${n % 2 ? `${PASSWORD}-${n}` : ''},,`);
    const text = `id,username,password,vlan,interfaces\n*,admin,${PASSWORD},534,1 2\n${rows.join('\n')}\n`;
    const { batch_id: id } = await accepted(csv(text, '?canary=5&in_flight=500&stop_at_failure_share=0.5'));
    await until(id, ({ counts }) => counts.completed > 300);
    expect(await rest.metric('switchyard_equipment_batch_devices_waiting')).to.be.within(1, 10_000);
    await service.kill();
    service = await startService({ env: ENV, cwd: service.cwd });
    rest = new RestClient(service.url, {}, await answersOf(service.url));
    const { counts } = await until(
      id,
      ({ counts: now, state }) => ended({ state } as BatchView) || now.completed > 2_000,
    );
    expect(counts.completed + counts.failed + counts.running + counts.waiting + counts.cancelled).to.equal(
      10_000,
    );
    const stopped = await rest.post(`${BATCHES}/${id}/cancel`, { body: { reason: 'seen enough' } });
    expect([202, 409]).to.include(stopped.status);
    const over = await until(id, ({ state }) => state === 'cancelled' || state === 'completed');
    // What was on its way to the provisioning service when the process died may have been done.
    expect(over.counts.failed).to.be.at.most(50);
    await waitFor(
      'nothing sealed to be left on the way',
      async () => !(await readable(service.cwd)).includes(PASSWORD),
    );
    expect(service.output()).to.not.include(PASSWORD);
    for (const path of [
      `${BATCHES}/${id}/result`,
      '/api/v1/tasks?limit=1000',
      '/metrics',
      '/api/v1/dead-letters',
    ])
      expect((await rest.get(path)).text, path).to.not.include(PASSWORD);
  });
});

/** Every file of the state folder, as text. */
async function readable(folder: string): Promise<string> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile() && !entry.name.endsWith('data.json'));
  const texts = await Promise.all(
    files.map((file) => readFile(join(file.parentPath, file.name), 'latin1').catch(() => '')),
  );
  return texts.join('\n');
}
