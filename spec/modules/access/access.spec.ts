import { expect } from 'chai';
import { request as httpRequest } from 'node:http';
import { createAccess, accessMigrations, type AccessConfig } from '../../../src/modules/access/index.js';
import * as generated from '../../../src/generated/routes.js';
import { TokensController } from '../../../src/modules/access/tokens.controller.js';
import type { RouteTable } from '../../../src/platform/http/route-table.js';
import { DATABASES, type OpenedDatabase } from '../../support/databases.js';
import { startHttp, type HttpFixture } from '../../support/http-fixture.js';
import { ManualClock } from '../../support/manual-clock.js';
import { silentLog } from '../../support/silent-log.js';
import { SpecController, specRoutes } from '../../support/spec-controller.js';
import { waitFor } from '../../support/wait-for.js';

const LOCAL: AccessConfig = { auth: true, trustProxy: [], host: '127.0.0.1' };

const tokenRoutes = generated.routes.filter((route) => route.controller === TokensController);
const routes: RouteTable = {
  models: { ...generated.models, ...specRoutes.models },
  routes: [...tokenRoutes, ...specRoutes.routes],
};

type Headers = Record<string, string>;
interface Answer {
  status: number;
  headers: Record<string, unknown>;
  body: Record<string, unknown>;
}

for (const kind of DATABASES) {
  describe(`access on ${kind.name}`, () => {
    let database: OpenedDatabase;
    let clock: ManualClock;
    let access: ReturnType<typeof createAccess>;
    let fixture: HttpFixture;

    beforeEach(async () => {
      database = await kind.open();
      await database.db.migrate(accessMigrations);
      await serve(LOCAL);
    });
    afterEach(async () => {
      await stop();
      await database.close();
    });

    async function serve(config: AccessConfig): Promise<void> {
      clock = new ManualClock();
      access = createAccess({ db: database.db, clock, log: silentLog, config });
      await access.start();
      const { authenticate } = access;
      fixture = await startHttp({
        routes,
        controllers: [...access.controllers, new SpecController()],
        authenticate,
      });
    }
    async function stop(): Promise<void> {
      await fixture.http.stop();
      await access.stop();
    }

    /** Not by fetch, which sets some of these headers itself. */
    function call(path: string, headers: Headers = {}, method = 'GET', body?: object): Promise<Answer> {
      return new Promise((resolve, reject) => {
        const type = body ? { 'content-type': 'application/json' } : {};
        const options = {
          port: fixture.port,
          host: '127.0.0.1',
          path,
          method,
          agent: false,
          headers: { ...type, ...headers },
        };
        const sent = httpRequest(options, (response) => {
          let text = '';
          response.on('data', (chunk: Buffer) => (text += chunk.toString()));
          response.on('end', () => {
            const parsed = text === '' ? {} : (JSON.parse(text) as Record<string, unknown>);
            resolve({ status: response.statusCode!, headers: response.headers, body: parsed });
          });
        });
        sent.on('error', reject).end(body && JSON.stringify(body));
      });
    }
    const status = async (headers: Headers, path = '/list', method = 'GET'): Promise<number> =>
      (await call(path, headers, method)).status;
    const create = async (role: string, name: string = role, headers: Headers = {}): Promise<string> => {
      const extra = role === 'client' ? { client_id: 'acme' } : {};
      const answer = await call('/api/v1/tokens', headers, 'POST', { name, role, ...extra });
      expect(answer.status).to.equal(201);
      return answer.body['token'] as string;
    };
    const bearer = (token: string): Headers => ({ authorization: `Bearer ${token}` });

    it('serves loopback as admin while there are no tokens, and nobody else', async () => {
      expect(await status({})).to.equal(200);
      expect(await status({ host: `localhost:${fixture.port}` })).to.equal(200);
      expect(await status({ host: 'switchyard.example' })).to.equal(401);
      expect(await status({ host: 'localhost.example' })).to.equal(401);
      for (const name of ['x-forwarded-for', 'forwarded', 'via', 'x-real-ip', 'x-forwarded-host']) {
        expect(await status({ [name]: '127.0.0.1' }), name).to.equal(401);
      }
    });

    it('opens nothing to pages of other origins, but lets a link be followed', async () => {
      const host = `127.0.0.1:${fixture.port}`;
      expect(await status({ origin: 'https://evil.example' })).to.equal(403);
      expect(await status({ origin: 'null' })).to.equal(403);
      expect(await status({ origin: `http://${host}` })).to.equal(200);
      expect(await status({ 'sec-fetch-site': 'cross-site' })).to.equal(403);
      expect(await status({ 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate' })).to.equal(200);
      expect(await status({ 'sec-fetch-site': 'same-origin' })).to.equal(200);
      const post = { 'sec-fetch-site': 'same-site', 'sec-fetch-mode': 'navigate' };
      expect(await status(post, '/nothing', 'DELETE')).to.equal(403);
    });

    it('asks a token of everyone from the first one on, in either header', async () => {
      const token = await create('admin');
      expect(await status({})).to.equal(401);
      expect(await status(bearer(token))).to.equal(200);
      expect(await status({ token })).to.equal(200);
      expect(await status({ token, host: 'switchyard.example', 'x-forwarded-for': '192.0.2.7' })).to.equal(
        200,
      );
      const refused = await call('/list', bearer(`${token.slice(0, -1)}${token.endsWith('A') ? 'E' : 'A'}`));
      expect(refused.status).to.equal(401);
      expect(refused.headers['www-authenticate']).to.match(/^Bearer/);
    });

    it('takes a token as the password of a browser, for pages alone', async () => {
      const token = await create('viewer');
      const basic = { authorization: `Basic ${Buffer.from(`me:${token}`).toString('base64')}` };
      expect(await status(basic)).to.equal(200);
      expect(await status(basic, '/nothing', 'DELETE')).to.equal(401);
      expect((await call('/metrics', { host: 'x' })).headers['www-authenticate']).to.match(/^Basic/);
    });

    it('lets each role do what is its own', async () => {
      const admin = await create('admin');
      const tokens: Headers = { admin };
      for (const role of ['operator', 'viewer', 'client'])
        tokens[role] = await create(role, role, bearer(admin));
      const seen: Record<string, number[]> = {};
      for (const [role, token] of Object.entries(tokens)) {
        seen[role] = [await status(bearer(token)), await status(bearer(token), '/api/v1/tokens')];
      }
      expect(seen).to.deep.equal({
        admin: [200, 200],
        operator: [200, 403],
        viewer: [200, 403],
        client: [403, 403],
      });
    });

    it('shows a secret once, and keeps its hash alone', async () => {
      const token = await create('admin');
      const listed = await call('/api/v1/tokens', bearer(token));
      expect(listed.body['items']).to.have.length(1);
      const secret = token.split('_').slice(2).join('_');
      expect(JSON.stringify(listed.body)).to.not.contain(secret);
      const rows = await database.db
        .schema<{ access_tokens: object }>()
        .selectFrom('access_tokens')
        .selectAll()
        .execute();
      expect(JSON.stringify(rows)).to.not.contain(secret);
      expect(JSON.stringify(fixture.logged)).to.not.contain(secret);
    });

    it('revokes at once, twice without harm, and keeps who made a token', async () => {
      const admin = await create('admin');
      const viewer = await create('viewer', 'reader', bearer(admin));
      const { id } = (await access.api.list(undefined, 10))[1]!;
      const path = `/api/v1/tokens/${id}`;
      expect((await call(path, bearer(admin))).body).to.include({
        name: 'reader',
        created_by: 'admin',
        revoked_at: null,
      });
      for (const expected of [204, 204])
        expect(await status(bearer(admin), path, 'DELETE')).to.equal(expected);
      expect(await status(bearer(viewer))).to.equal(401);
      expect((await call(path, bearer(admin))).body['revoked_at']).to.be.a('string');
      expect(await status(bearer(admin), '/api/v1/tokens/no-id', 'DELETE')).to.equal(404);
    });

    it('refuses names that were used, are reserved or malformed, and clients without an id', async () => {
      const admin = bearer(await create('admin'));
      const attempt = async (body: object): Promise<number> =>
        (await call('/api/v1/tokens', admin, 'POST', body)).status;
      expect(await attempt({ name: 'admin', role: 'viewer' })).to.equal(409);
      expect(await attempt({ name: 'loopback', role: 'viewer' })).to.equal(422);
      expect(await attempt({ name: '', role: 'viewer' })).to.equal(422);
      expect(await attempt({ name: 'x', role: 'root' })).to.equal(422);
      expect(await attempt({ name: 'x', role: 'client' })).to.equal(422);
      expect(await attempt({ name: 'x', role: 'viewer', client_id: 'y' })).to.equal(422);
      expect(await attempt({ name: 'x', role: 'viewer', more: 1 })).to.equal(422);
    });

    it('pages through tokens', async () => {
      const admin = bearer(await create('admin'));
      for (const name of ['b', 'c']) await create('viewer', name, admin);
      const first = await call('/api/v1/tokens?limit=2', admin);
      const link = /<([^>]+)>; rel="next"/.exec(String(first.headers['link']))![1]!;
      const second = await call(link, admin);
      const names = [first, second].flatMap(({ body }) =>
        (body['items'] as { name: string }[]).map(({ name }) => name),
      );
      expect([names, second.body['next_cursor']]).to.deep.equal([['admin', 'b', 'c'], null]);
      expect(await status(admin, '/api/v1/tokens?cursor=x')).to.equal(422);
    });

    it('tells an address with too many invalid tokens to wait, but lets valid ones pass', async () => {
      const token = await create('viewer');
      const bad = bearer('swy_nonsense');
      for (let i = 0; i < 20; i++) expect(await status(bad)).to.equal(401);
      const limited = await call('/list', bad);
      expect([limited.status, limited.headers['retry-after']]).to.deep.equal([429, '60']);
      expect(await status(bearer(token))).to.equal(200);
      clock.advance(60_000);
      expect(await status(bad)).to.equal(401);
    });

    it('makes one first token where others can reach it, and none on loopback', async () => {
      expect(await access.ensureFirstToken()).to.equal(null);
      await stop();
      await serve({ ...LOCAL, host: '0.0.0.0' });
      const token = await access.ensureFirstToken();
      expect(await status(bearer(token!), '/api/v1/tokens')).to.equal(200);
      expect(await access.ensureFirstToken()).to.equal(null);
    });

    it('never takes a caller behind a named proxy for this machine', async () => {
      await stop();
      await serve({ ...LOCAL, trustProxy: ['127.0.0.0/8'] });
      expect(await status({})).to.equal(401);
    });

    it('serves everyone as admin with AUTH=off, except what foreign pages post', async () => {
      await stop();
      await serve({ ...LOCAL, auth: false });
      expect(await status({ host: 'x', 'x-forwarded-for': '192.0.2.1' }, '/api/v1/tokens')).to.equal(200);
      expect(await status({ 'sec-fetch-site': 'cross-site' }, '/nothing', 'DELETE')).to.equal(403);
    });

    it('hears of tokens that another replica made or revoked', async () => {
      const other = createAccess({ db: database.db, clock, log: silentLog, config: LOCAL });
      await other.start();
      const { token, text } = await other.api.create({ name: 'far', role: 'viewer', createdBy: 'spec' });
      clock.advance(3_000);
      await waitFor(
        'the token to be known',
        async () => (await status(bearer(text))) === 200 && (await status({})) === 401,
      );
      await other.api.revoke(token.id, 'spec');
      clock.advance(3_000);
      await waitFor(
        'the token to be refused',
        async () => (await status({ token: text, host: 'x' })) === 401,
      );
      await other.stop();
    });

    it('writes when a token was last used', async () => {
      const admin = await create('admin');
      await status(bearer(admin));
      await access.stop();
      const [token] = await access.api.list(undefined, 1);
      expect(token!.lastUsedAt).to.equal(clock.now());
    });
  });
}
