import { expect } from 'chai';
import { Controller } from '@tsoa/runtime';
import type { HotAnswer } from '../../../src/kernel/hot-read.js';
import type { Principal } from '../../../src/platform/http/request-context.js';
import type { Route } from '../../../src/platform/http/route-table.js';
import { serialized } from '../../../src/platform/http/serialized.js';
import { AppError } from '../../../src/kernel/errors.js';
import { type HttpFixture, startHttp } from '../../support/http-fixture.js';
import { rawGet, steady } from '../../support/raw-request.js';

const TYPE = 'application/json; charset=utf-8';
const IDS = { 'x-request-id': 'r-1', traceparent: `00-${'1'.repeat(32)}-${'2'.repeat(16)}-01` };
/** Anything that the hot way leaves to the framework, and that the framework makes nothing of. */
const SLOWLY = { range: 'bytes=0-' };

/** Requests that the controller got. */
let asked = 0;

/** The same things that are hot, the slow way. */
class ThingsController extends Controller {
  get(id: string): object {
    asked++;
    const answer = THINGS.get(id);
    if (!answer) throw new AppError('Thing not found', { code: 'things.not-found', kind: 'not-found' });
    for (const [name, value] of Object.entries(answer.headers)) this.setHeader(name, value);
    return serialized(answer.contentType, answer.body);
  }
}

const THINGS = new Map<string, HotAnswer>([
  ['plain', { contentType: TYPE, body: '{"a":1}', headers: { ETag: '"v1"' } }],
  [
    'wide',
    { contentType: TYPE, body: '{"name":"Ünïcødé — 漢字"}', headers: { ETag: '"v2"', Vary: 'Accept' } },
  ],
  ['bare', { contentType: TYPE, body: '[]', headers: {} }],
]);

const route: Route = {
  method: 'get',
  path: '/things/:id',
  controller: ThingsController,
  action: 'get',
  security: [{ token: ['viewer'] }],
  parameters: [{ in: 'path', name: 'id', required: true, dataType: 'string' }],
};

function principalOf(token: string | string[] | undefined): Principal | undefined {
  if (token === undefined) return { role: 'viewer', name: 'a viewer' };
  return token === 'client' ? { role: 'client', name: 'a client', clientId: 'c' } : undefined;
}

describe('hot reads', () => {
  let fixture: HttpFixture;
  let refused = 0;

  before(async () => {
    fixture = await startHttp({
      routes: { models: {}, routes: [route] },
      controllers: [new ThingsController()],
      hotReads: [{ route: '/things/:id', find: (id) => THINGS.get(id) }],
      recognise: ({ headers }) => principalOf(headers['token']),
      authenticate: ({ headers }) => {
        const principal = principalOf(headers['token']);
        if (principal) return principal;
        refused++;
        throw new AppError('The token is not valid', { code: 'spec.unknown', kind: 'unauthenticated' });
      },
    });
  });
  after(() => fixture.http.stop());

  /** How often the controller is asked by a request. */
  async function get(
    id: string,
    headers: Record<string, string> = {},
  ): Promise<[answer: string, slowly: number]> {
    const before = asked;
    const answer = await rawGet(fixture.url, `/things/${id}`, { ...IDS, ...headers });
    return [answer, asked - before];
  }

  for (const id of THINGS.keys()) {
    it(`are the framework's answers byte for byte: ${id}`, async () => {
      const [hot, askedHot] = await get(id);
      const [slow, askedSlow] = await get(id, SLOWLY);
      expect([askedHot, askedSlow]).to.deep.equal([0, 1]);
      expect(steady(hot)).to.equal(steady(slow));
      expect(hot)
        .to.match(/^HTTP\/1\.1 200 OK\r\n/)
        .and.contain('X-Request-Id: r-1\r\n');
    });
  }

  it('say 304 to who has the version already, as the framework does', async () => {
    for (const tag of ['"v1"', 'W/"v1"', '"v0", "v1"', '*']) {
      const [hot, slowly] = await get('plain', { 'if-none-match': tag });
      expect(slowly, tag).to.equal(0);
      expect(hot, tag).to.match(/^HTTP\/1\.1 304 Not Modified\r\n/);
      expect(steady(hot), tag).to.equal(steady((await get('plain', { 'if-none-match': tag, ...SLOWLY }))[0]));
    }
    expect((await get('plain', { 'if-none-match': '"v0"' }))[0]).to.match(/^HTTP\/1\.1 200 OK\r\n/);
    expect((await get('bare', { 'if-none-match': '*' }))[0]).to.match(/^HTTP\/1\.1 200 OK\r\n/);
  });

  it('leave what is unusual, unknown or refused to the framework', async () => {
    const unusual: Record<string, string>[] = [
      { accept: 'text/csv' },
      { accept: 'application/json;q=0.1' },
      { prefer: 'wait=1' },
      { 'if-match': '"v1"' },
      { 'content-length': '0' },
      { 'idempotency-key': 'k' },
    ];
    for (const headers of unusual) {
      const [answer, slowly] = await get('plain', headers);
      expect(slowly, JSON.stringify(headers)).to.equal(1);
      expect(answer).to.contain('{"a":1}');
    }
    expect((await get('absent'))[0]).to.match(/^HTTP\/1\.1 404 /);
    expect((await get('plain?x=1'))[0]).to.match(/^HTTP\/1\.1 422 /);
    expect((await get('%70lain'))[1]).to.equal(1);
  });

  it('ask for the role of their route, and count an unknown token once', async () => {
    const before = refused;
    expect((await get('plain', { token: 'client' }))[0]).to.match(/^HTTP\/1\.1 403 /);
    expect((await get('plain', { token: 'unknown' }))[0]).to.match(/^HTTP\/1\.1 401 /);
    expect(refused - before).to.equal(1);
  });

  it('are logged as the framework logs its answers', async () => {
    fixture.logged.splice(0);
    await get('plain');
    await get('plain', SLOWLY);
    const lines = fixture.logged.map(({ time, ms, ...line }) => [line, typeof time, typeof ms]);
    expect(lines).to.have.lengthOf(2);
    expect(lines[0]).to.deep.equal(lines[1]);
    expect(lines[0]![0]).to.deep.include({ route: '/things/:id', status: 200, principal: 'a viewer' });
  });

  it('are declared for a route that some controller answers', async () => {
    const hotReads = [{ route: '/nowhere/:id', find: () => undefined }];
    const recognise = (): undefined => undefined;
    const failure: unknown = await startHttp({ hotReads, recognise }).catch((error: unknown) => error);
    expect(failure).to.be.an('error').with.property('message').that.contains('/nowhere/:id');
  });
});
