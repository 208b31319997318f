import { expect } from 'chai';
import * as generated from '../../../src/generated/routes.js';
import type { Overview } from '../../../src/modules/system/overview.js';
import { SystemController } from '../../../src/modules/system/system.controller.js';
import type { Role } from '../../../src/platform/http/request-context.js';
import { type HttpFixture, startHttp } from '../../support/http-fixture.js';

const routes = {
  models: generated.models,
  routes: generated.routes.filter((route) => route.controller === SystemController),
};

const overview: Overview = {
  at: 0,
  version: '1.2.3',
  startedAt: 0,
  status: 'ok',
  parts: [],
  tasks: { waiting: 0, running: 0, completed: 0, failed: 0, cancelled: 0 },
  running: [],
  workers: { threads: 1, busy: 0, waiting: 0 },
  queues: [],
  schedule: [],
  minutes: [],
};

const SECRET = 'amqp://user:geheim@host';

describe('system over REST', () => {
  let fixture: HttpFixture;
  let role: Role;

  before(async () => {
    const controller = new SystemController({
      overview: () => Promise.resolve(overview),
      schedule: () => Promise.resolve([]),
      settings: [
        { key: 'PORT', value: '8000', secret: false, source: 'default', fromFile: false },
        { key: 'AMQP_URL', value: SECRET, secret: true, source: 'environment', fromFile: true },
        { key: 'DATABASE_URL', value: null, secret: true, source: 'default', fromFile: false },
      ],
    });
    fixture = await startHttp({
      routes,
      controllers: [controller],
      authenticate: () => ({ role, name: 'spec' }),
    });
  });
  after(() => fixture.http.stop());

  const statusFor = async (who: Role, path: string): Promise<number> => {
    role = who;
    return (await fetch(`${fixture.url}/api/v1/system/${path}`)).status;
  };

  it('tells everyone who they are, viewers how it is, and admins alone how it is configured', async () => {
    const cases: [string, Record<Role, number>][] = [
      ['caller', { client: 200, viewer: 200, operator: 200, admin: 200 }],
      ['overview', { client: 403, viewer: 200, operator: 200, admin: 200 }],
      ['schedule', { client: 403, viewer: 200, operator: 200, admin: 200 }],
      ['configuration', { client: 403, viewer: 403, operator: 403, admin: 200 }],
    ];
    for (const [path, statuses] of cases) {
      for (const [who, status] of Object.entries(statuses)) {
        expect(await statusFor(who as Role, path), `${path} as ${who}`).to.equal(status);
      }
    }
  });

  it('says of a secret whether it is set, and never what it is', async () => {
    role = 'admin';
    const text = await (await fetch(`${fixture.url}/api/v1/system/configuration`)).text();
    expect(text).not.to.include('geheim');
    const { items } = JSON.parse(text) as { items: object[] };
    const base = { secret: true, value: null };
    expect(items).to.deep.equal([
      { name: 'PORT', value: '8000', is_set: true, secret: false, source: 'default', from_file: false },
      { ...base, name: 'AMQP_URL', is_set: true, source: 'environment', from_file: true },
      { ...base, name: 'DATABASE_URL', is_set: false, source: 'default', from_file: false },
    ]);
  });
});
