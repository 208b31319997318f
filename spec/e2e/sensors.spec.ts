import { expect } from 'chai';
import { attemptsFile } from '../support/attempts-file.js';
import { LiveSocket } from '../support/live-socket.js';
import { answersOf } from '../support/open-api.js';
import { RestClient } from '../support/rest-client.js';
import type { Answer } from '../support/rest-client.js';
import { type Service, startService } from '../support/service.js';
import { waitFor } from '../support/wait-for.js';

interface Sensor {
  id: string;
  client_id: string;
  external_id: string;
  status: string | null;
}

const SENSORS = '/api/v1/sensors';
const CLIENTS = '/api/v1/clients';
const NDJSON = { 'content-type': 'application/x-ndjson' };
const CSV = { 'content-type': 'text/csv' };

describe('Sensors over REST', function () {
  this.timeout(60_000);
  let service: Service;
  let rest: RestClient;
  let names = 0;

  before(async () => {
    service = await startService({ env: { DATA_FILE: await attemptsFile(100) } });
    rest = new RestClient(service.url, {}, await answersOf(service.url));
  });
  after(() => service?.stop());

  const bodyOf = <T>(answer: Answer, status: number): T => {
    expect(answer.status, answer.text).to.equal(status);
    return answer.body as T;
  };
  const newClient = async (): Promise<string> =>
    bodyOf<{ id: string }>(await rest.post(CLIENTS, { body: { name: `client ${++names}` } }), 201).id;
  const newSensor = async (client_id: string, more: object = {}): Promise<Sensor> =>
    bodyOf(await rest.post(SENSORS, { body: { client_id, external_id: `sensor ${++names}`, ...more } }), 201);
  const codeOf = ({ body }: Answer): string => (body as { code: string }).code;
  const pointersOf = ({ body }: Answer): string[] =>
    (body as { errors: { pointer: string }[] }).errors.map(({ pointer }) => pointer);

  it('refuses what is no sensor, and what contradicts another one', async () => {
    const client_id = await newClient();
    const wrong = await rest.post(SENSORS, { body: { client_id, external_id: ' ', enabled: 'yes', x: 1 } });
    expect(wrong.status).to.equal(422);
    expect(pointersOf(wrong)).to.have.members(['/external_id', '/enabled', '/x']);
    const none = await rest.post(SENSORS, { body: { client_id: 'none', external_id: 'a' } });
    expect([none.status, pointersOf(none)]).to.deep.equal([422, ['/client_id']]);
    const sensor = await newSensor(client_id);
    const same = await rest.post(SENSORS, { body: { client_id, external_id: sensor.external_id } });
    expect([same.status, codeOf(same)]).to.deep.equal([409, 'sensors.external-id-taken']);
    await newSensor(await newClient(), { external_id: sensor.external_id });
    const other = await newSensor(client_id);
    const renamed = await rest.send('PATCH', `${SENSORS}/${other.id}`, {
      body: { external_id: sensor.external_id },
    });
    expect([renamed.status, codeOf(renamed)]).to.deep.equal([409, 'sensors.external-id-taken']);
    const held = await rest.send('DELETE', `${CLIENTS}/${client_id}`, {});
    expect([held.status, codeOf(held)]).to.deep.equal([409, 'clients.has-sensors']);
  });

  it('takes every character that there is, and no half of one', async () => {
    const client_id = await newClient();
    const whole = '\u{1F4F6} \u{10FFFF} \u00E9';
    expect((await newSensor(client_id, { external_id: whole })).external_id).to.equal(whole);
    for (const half of ['\ud800', 'a\udfffb', '\udc00\ud800']) {
      const fields = { external_id: half, name: half, kind: half };
      const refused = await rest.post(SENSORS, { body: { client_id, ...fields } });
      expect(refused.status, half).to.equal(422);
      expect(pointersOf(refused)).to.have.members(['/external_id', '/name', '/kind']);
      expect(refused.text).to.contain('well-formed Unicode');
      expect(pointersOf(await rest.post(CLIENTS, { body: { name: half } }))).to.deep.equal(['/name']);
    }
  });

  it('makes one sensor of repeated calls with a key, and none of another body with it', async () => {
    const client_id = await newClient();
    const headers = { 'idempotency-key': `key-${++names}` };
    const body = { client_id, external_id: `once ${++names}` };
    const made = await Promise.all([1, 2, 3].map(() => rest.post(SENSORS, { body, headers })));
    expect(made.map(({ status }) => status)).to.deep.equal([201, 201, 201]);
    expect(new Set(made.map((answer) => (answer.body as Sensor).id)).size).to.equal(1);
    const other = await rest.post(SENSORS, { body: { ...body, name: 'x' }, headers });
    expect([other.status, codeOf(other)]).to.deep.equal([422, 'sensors.idempotency-key-reused']);
  });

  it('changes and deletes what the caller has seen, whatever events come in between', async () => {
    const sensor = await newSensor(await newClient());
    const path = `${SENSORS}/${sensor.id}`;
    const seen = (await rest.get(path)).headers.get('etag')!;
    await rest.post(`${path}/events`, { body: { status: 'open' } });
    expect((await rest.get(path, { 'if-none-match': seen })).status).to.equal(200);
    const change = (etag: string) =>
      rest.send('PATCH', path, { body: { name: 'Front door' }, headers: { 'if-match': etag } });
    const changed = await change(seen);
    expect(bodyOf<object>(changed, 200)).to.include({ name: 'Front door', status: 'open' });
    expect((await change(seen)).status).to.equal(412);
    const now = changed.headers.get('etag')!;
    expect((await rest.get(path, { 'if-none-match': now })).status).to.equal(304);
    expect((await rest.send('DELETE', path, { headers: { 'if-match': seen } })).status).to.equal(412);
    expect((await rest.send('DELETE', path, { headers: { 'if-match': now } })).status).to.equal(204);
    expect((await rest.get(path)).status).to.equal(404);
    await newSensor(sensor.client_id, { external_id: sensor.external_id });
  });

  it('deletes for one of those who ask at the same time', async () => {
    const client_id = await newClient();
    for (let round = 0; round < 20; round++) {
      const { id } = await newSensor(client_id);
      const asked = Array.from({ length: 5 }, () => rest.send('DELETE', `${SENSORS}/${id}`, {}));
      const statuses = (await Promise.all(asked)).map(({ status }) => status);
      expect(statuses.filter((status) => status === 204)).to.have.length(1);
      expect(statuses.filter((status) => status === 404 || status === 409)).to.have.length(4);
    }
  });

  it('lists by pages and filters', async () => {
    const client_id = await newClient();
    for (let n = 0; n < 5; n++) await newSensor(client_id, { kind: n % 2 === 0 ? 'even' : 'odd' });
    const found: string[] = [];
    let path: string | undefined = `${SENSORS}?client_id=${client_id}&limit=2`;
    while (path) {
      const page: Answer = await rest.get(path);
      found.push(...bodyOf<{ items: Sensor[] }>(page, 200).items.map(({ id }) => id));
      path = /<(.+)>; rel="next"/.exec(page.headers.get('link') ?? '')?.[1];
    }
    expect(new Set(found).size).to.equal(5);
    expect(found).to.have.length(5);
    const odd = await rest.get(`${SENSORS}?client_id=${client_id}&kind=odd&enabled=true`);
    expect(bodyOf<{ items: Sensor[] }>(odd, 200).items).to.have.length(2);
    expect((await rest.get(`${SENSORS}?colour=red`)).status).to.equal(422);
    expect((await rest.get(`${SENSORS}?cursor=abc`)).status).to.equal(422);
  });

  it('imports files line by line, and names each bad one', async () => {
    const client_id = await newClient();
    const sensors = Array.from({ length: 1_200 }, (_, n) => `bulk ${n},"Bulk, ${n}",meter,${n % 2 === 0}`);
    const file = ['external_id,name,kind,enabled', ...sensors, 'bulk 3,,,', ',nobody,,', 'bad,,,perhaps'];
    const send = (query: string) =>
      rest.post(`${SENSORS}/import?client_id=${client_id}${query}`, {
        body: file.join('\r\n'),
        headers: CSV,
      });
    const first = bodyOf<{ created: number; errors: { line: number; pointer: string }[] }>(
      await send(''),
      200,
    );
    expect(first).to.include({ lines: 1_203, created: 1_200, failed: 3 });
    expect(first.errors.map(({ line, pointer }) => [line, pointer])).to.deep.equal([
      [1_202, '/external_id'],
      [1_203, '/external_id'],
      [1_204, '/enabled'],
    ]);
    const again = bodyOf<object>(await send('&existing=skip'), 200);
    expect(again).to.include({ created: 0, unchanged: 1_201, failed: 2 });
    const lines = '{"external_id":"bulk 7","kind":"changed"}\nno json\n{"external_id":"new"}\n';
    const path = `${SENSORS}/import?client_id=${client_id}&existing=update`;
    const updated = bodyOf<object>(await rest.post(path, { body: lines, headers: NDJSON }), 200);
    expect(updated).to.include({ created: 1, updated: 1, failed: 1 });
    expect((await rest.post(path, { body: '{}' })).status).to.equal(415);
    const broken = await rest.post(path, { body: 'external_id\n"never closed', headers: CSV });
    expect(broken.status).to.equal(400);
  });

  it('takes events, tells them live, and accounts for each', async () => {
    const sensor = await newSensor(await newClient());
    const socket = await LiveSocket.open(service.url);
    socket.send({ op: 'subscribe', topic: `sensors.${sensor.id}` });
    await waitFor('the snapshot', () => JSON.stringify(socket.frames).includes('"snapshot"'));
    const before = bodyOf<Record<string, number>>(await rest.get(`${SENSORS}/accounting`), 200);
    const now = Date.now();
    const say = (body: object) => rest.post(`${SENSORS}/${sensor.id}/events`, { body });
    const payload = { digits: 1, list: [null] };
    expect(bodyOf<object>(await say({ status: 'open', at: now, payload }), 200)).to.deep.equal({
      outcome: 'logged',
    });
    expect(bodyOf<object>(await say({ status: 'open', at: now }), 200)).to.deep.equal({
      outcome: 'duplicate',
    });
    expect(bodyOf<object>(await say({ status: 'shut', at: now - 5 }), 200)).to.deep.equal({
      outcome: 'late',
    });
    expect((await say({ status: 'shut', at: now + 3_600_000 })).status).to.equal(422);
    expect((await say({ status: 'shut', at: 'noon' })).status).to.equal(422);
    const lines = [
      JSON.stringify({ sensor_id: sensor.id, status: 'closed', at: new Date(now + 1).toISOString() }),
      '[]',
      JSON.stringify({ sensor_id: 'none', status: 'open', at: now }),
    ];
    const many = await rest.post(`${SENSORS}/events`, { body: lines.join('\n'), headers: NDJSON });
    expect(bodyOf<object>(many, 200)).to.deep.include({ came_in: 3, logged: 1, refused: 2 });
    const log = bodyOf<{ items: object[] }>(await rest.get(`${SENSORS}/${sensor.id}/log?status=open`), 200);
    expect(log.items).to.have.length(1);
    expect(log.items[0]).to.deep.include({ at: new Date(now).toISOString(), payload });
    const after = bodyOf<Record<string, number>>(await rest.get(`${SENSORS}/accounting`), 200);
    const grown = (name: string): number => after[name]! - before[name]!;
    expect(after['balanced']).to.equal(true);
    expect(['came_in', 'logged', 'late', 'duplicate', 'refused'].map(grown)).to.deep.equal([8, 3, 1, 1, 4]);
    await waitFor(
      'both changes',
      () => JSON.stringify(socket.frames).split('sensor.status-changed').length > 2,
    );
    await socket.close();
  });

  it('raises alarms by rules, and lets them be acknowledged', async () => {
    const sensor = await newSensor(await newClient(), { kind: 'alarmed' });
    const rule = {
      name: 'Left open',
      severity: 'critical',
      condition: 'status',
      statuses: ['open'],
      kind: 'alarmed',
    };
    const made = await rest.post('/api/v1/alarm-rules', { body: rule });
    const { id } = bodyOf<{ id: string }>(made, 201);
    await rest.post(`${SENSORS}/${sensor.id}/events`, { body: { status: 'open' } });
    const alarm = await waitFor('the alarm', async () => {
      const { body } = await rest.get(`/api/v1/alarms?sensor_id=${sensor.id}&active=true`);
      return (body as { items: { id: string; name: string }[] }).items[0];
    });
    expect(alarm).to.include({
      name: 'Left open',
      severity: 'critical',
      acknowledged: false,
      status: 'open',
    });
    const path = `/api/v1/alarms/${alarm.id}`;
    const known = await rest.post(`${path}/acknowledge`, { body: { note: 'seen' } });
    expect(bodyOf<object>(known, 200)).to.include({
      acknowledged: true,
      acknowledged_by: 'loopback',
      note: 'seen',
    });
    expect(codeOf(await rest.post(`${path}/acknowledge`, { body: {} }))).to.equal('alarms.acknowledged');
    expect((await rest.send('PATCH', `/api/v1/alarm-rules/${id}`, { body: { changes: 3 } })).status).to.equal(
      422,
    );
    expect((await rest.send('DELETE', `/api/v1/alarm-rules/${id}`, {})).status).to.equal(204);
    await waitFor(
      'it to be cleared',
      async () => !((await rest.get(path)).body as { active: boolean }).active,
    );
  });

  it('shows the jobs of the schedule', async () => {
    const { items } = bodyOf<{ items: { name: string }[] }>(await rest.get('/api/v1/system/schedule'), 200);
    expect(items.map(({ name }) => name)).to.include.members(['sensors-cache', 'sensors-days']);
  });

  it('shows a client token its own sensors alone, by the header that older clients send too', async () => {
    const [own, other] = [await newSensor(await newClient()), await newSensor(await newClient())];
    const token = async (role: string, more: object): Promise<string> => {
      const { body } = await rest.post('/api/v1/tokens', {
        body: { name: `${role} ${++names}`, role, ...more },
      });
      return (body as { token: string }).token;
    };
    const mine = new RestClient(service.url, { token: await token('client', { client_id: own.client_id }) });
    const seen = async (path: string): Promise<number> => (await mine.get(path)).status;
    const { items } = bodyOf<{ items: Sensor[] }>(await mine.get(SENSORS), 200);
    expect(items.map(({ id }) => id)).to.deep.equal([own.id]);
    const foreign = await mine.get(`${SENSORS}?client_id=${other.client_id}`);
    expect(bodyOf<{ items: Sensor[] }>(foreign, 200).items).to.deep.equal([]);
    expect([await seen(`${SENSORS}/${own.id}`), await seen(`${SENSORS}/${other.id}`)]).to.deep.equal([
      200, 404,
    ]);
    expect(await seen(`${SENSORS}/${other.id}/log`)).to.equal(404);
    expect(await seen(`${CLIENTS}/${other.client_id}`)).to.equal(404);
    expect(await seen(`${SENSORS}/accounting`)).to.equal(403);
    expect(
      (await mine.post(SENSORS, { body: { client_id: own.client_id, external_id: 'x' } })).status,
    ).to.equal(403);
    expect((await mine.post(`${SENSORS}/${own.id}/events`, { body: { status: 'on' } })).status).to.equal(200);
    const line = JSON.stringify({ sensor_id: other.id, status: 'on', at: Date.now() });
    const many = await mine.post(`${SENSORS}/events`, { body: line, headers: NDJSON });
    expect(many.body).to.deep.include({ logged: 0, refused: 1 });
  });
});
