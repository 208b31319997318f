import { expect } from 'chai';
import { attemptsFile } from '../support/attempts-file.js';
import { answersOf } from '../support/open-api.js';
import { RestClient } from '../support/rest-client.js';
import { type Service, startService } from '../support/service.js';

const TASKS = '/api/v1/tasks';
const REPORT = '/api/v1/report';
const TOKENS = '/api/v1/tokens';
const JOB = { numbers: [1], correlation_id: 1 };
const TOKEN = /\bswy_[\w-]{60,}/g;

describe('a service that listens on all addresses', function () {
  this.timeout(60_000);
  let service: Service;
  let env: Record<string, string>;
  let first: string;
  let admin: RestClient;

  const bearer = (token: string): Record<string, string> => ({ authorization: `Bearer ${token}` });
  const nobody = (): RestClient => new RestClient(service.url);

  async function made(name: string, role: string): Promise<{ id: string; rest: RestClient }> {
    const { status, body } = await admin.post(TOKENS, { body: { name, role } });
    expect(status).to.equal(201);
    const { id, token } = body as { id: string; token: string };
    return { id, rest: new RestClient(service.url, bearer(token)) };
  }

  before(async () => {
    env = { DATA_FILE: await attemptsFile(100), HOST: '0.0.0.0' };
    service = await startService({ env });
    const tokens = service.output().match(TOKEN) ?? [];
    expect(tokens, 'printed once').to.have.lengthOf(1);
    first = tokens[0]!;
    const check = await answersOf(service.url, bearer(first));
    admin = new RestClient(service.url, bearer(first), check);
  });

  after(async () => {
    await service?.stop();
  });

  it('prints its first admin token once, and keeps it over a restart', async () => {
    await service.stop();
    service = await startService({ env, cwd: service.cwd });
    admin = new RestClient(service.url, bearer(first), await answersOf(service.url, bearer(first)));
    expect(service.output()).to.not.match(TOKEN);
    expect((await admin.get(TASKS)).status).to.equal(200);
  });

  it('asks for a token everywhere but at its probes and its pages', async () => {
    for (const path of [TASKS, TOKENS, '/metrics', '/openapi.json', '/asyncapi.json']) {
      const { status, headers } = await nobody().get(path);
      expect(status, path).to.equal(401);
      expect(headers.get('www-authenticate'), path).to.be.a('string');
    }
    expect((await nobody().post(REPORT, { body: JOB })).status).to.equal(401);
    for (const path of ['/livez', '/readyz', '/', '/docs', '/asyncapi'])
      expect((await nobody().get(path)).status, path).to.equal(200);
  });

  it('takes a token as Bearer and in the header that older clients send', async () => {
    expect((await nobody().get(TASKS, bearer(first))).status).to.equal(200);
    expect((await nobody().get(TASKS, { token: first })).status).to.equal(200);
    const wrong = `${first.slice(0, -1)}${first.endsWith('A') ? 'B' : 'A'}`;
    for (const headers of [bearer(wrong), { token: wrong }, { token: '' }, { authorization: 'Basic eDp5' }]) {
      expect((await nobody().get(TASKS, headers)).status).to.equal(401);
    }
  });

  it('lets each role do what it may', async () => {
    const viewer = (await made('a-viewer', 'viewer')).rest;
    expect((await viewer.get(TASKS)).status).to.equal(200);
    expect((await viewer.post(REPORT, { body: JOB })).body).to.include({ status: 403 });
    expect((await viewer.get(TOKENS)).status).to.equal(403);
    const operator = (await made('an-operator', 'operator')).rest;
    const id = await operator.accepted(JOB);
    expect((await operator.get(TOKENS)).status).to.equal(403);
    expect((await operator.history(id))[0], 'who created it').to.include({ actor: 'an-operator' });
    expect((await admin.get(TOKENS)).text).to.not.match(TOKEN);
  });

  it('refuses a token from the moment it is revoked', async () => {
    const { id, rest } = await made('short-lived', 'viewer');
    expect((await rest.get(TASKS)).status).to.equal(200);
    expect((await admin.send('DELETE', `${TOKENS}/${id}`, {})).status).to.equal(204);
    expect((await rest.get(TASKS)).status).to.equal(401);
  });

  it('never logs a token', () => {
    expect(service.output()).to.not.match(TOKEN);
  });
});

describe('a service on the loopback without tokens', function () {
  this.timeout(60_000);
  let service: Service;

  before(async () => {
    service = await startService({ env: { DATA_FILE: await attemptsFile(100) } });
  });

  after(async () => {
    await service?.stop();
  });

  it('serves this machine itself, and nothing that a proxy or a foreign name brings', async () => {
    const rest = new RestClient(service.url);
    expect((await rest.get(TASKS)).status).to.equal(200);
    for (const name of ['x-forwarded-for', 'forwarded', 'x-real-ip', 'via']) {
      expect((await rest.get(TASKS, { [name]: '127.0.0.1' })).status, name).to.equal(401);
    }
  });
});
