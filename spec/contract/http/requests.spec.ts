import { expect } from 'chai';
import { startHttp, type HttpFixture } from '../../support/http-fixture.js';
import { SpecController, specRoutes } from '../../support/spec-controller.js';
import type { Problem } from '../../../src/platform/http/problem.js';

interface Answer {
  status: number;
  headers: Headers;
  body: Record<string, unknown> & Partial<Problem>;
}

describe('requests and their answers', () => {
  let fixture: HttpFixture;

  before(async () => {
    fixture = await startHttp({
      routes: specRoutes,
      controllers: [new SpecController()],
      bodyLimitBytes: 2_000,
    });
  });
  after(() => fixture.http.stop());

  async function call(path: string, init: RequestInit = {}): Promise<Answer> {
    const response = await fetch(fixture.url + path, init);
    const text = await response.text();
    const isJson = response.headers.get('content-type')?.includes('json');
    return {
      status: response.status,
      headers: response.headers,
      body: isJson ? (JSON.parse(text) as Answer['body']) : { text },
    };
  }
  const post = (body: string | Uint8Array, headers: Record<string, string> = {}): Promise<Answer> =>
    call('/echo', { method: 'POST', body, headers: { 'content-type': 'application/json', ...headers } });

  it('gives a controller the body, and the raw token of a number too large for JavaScript', async () => {
    const { status, body } = await post('{"id":9223372036854775807,"numbers":[1,2]}', {
      'Idempotency-Key': 'k-1',
    });
    expect(status).to.equal(200);
    expect(body['token']).to.equal('9223372036854775807');
    expect(body['key']).to.equal('k-1');
  });

  it('sends what is serialised as it is, with the status and headers that the controller set', async () => {
    const { status, headers, body } = await call('/text');
    expect([status, headers.get('x-made'), headers.get('content-type'), body['text']]).to.deep.equal([
      203,
      'here',
      'text/csv; charset=utf-8',
      'a,b\n',
    ]);
    expect((await call('/nothing', { method: 'DELETE' })).status).to.equal(204);
  });

  it('keeps the status and headers of one request out of the next', async () => {
    await call('/text');
    const { status, headers } = await call('/list');
    expect([status, headers.get('x-made')]).to.deep.equal([200, null]);
  });

  it('points at each fault of a body, and says what was expected and what came', async () => {
    const { status, body } = await post(
      '{"id":true,"numbers":["1",-2,1.5],"parts":[{"name":"long"},{}],"more":1}',
    );
    expect(status).to.equal(422);
    expect(body.code).to.equal('request.invalid');
    expect(body.errors).to.deep.equal([
      { pointer: '/id', detail: 'must be a string or a number, got true' },
      { pointer: '/numbers/0', detail: 'must be a whole number ≥ 0, got "1"' },
      { pointer: '/numbers/1', detail: 'must be a whole number ≥ 0, got -2' },
      { pointer: '/numbers/2', detail: 'must be a whole number ≥ 0, got 1.5' },
      { pointer: '/parts/0/name', detail: 'must be a string of ≤ 3 characters, got "long"' },
      { pointer: '/parts/1/name', detail: 'is required, got nothing' },
      { pointer: '/more', detail: 'is not a known field' },
    ]);
  });

  it('does not show what came under a secret name, and cuts what is long', async () => {
    const hidden = await post('{"id":1,"password":"hunter2"}');
    expect(JSON.stringify(hidden.body)).to.not.contain('hunter2');
    const long = await post(JSON.stringify({ id: 1, numbers: ['x'.repeat(500)] }));
    expect(long.body.errors?.[0]?.detail.length).to.be.lessThan(110);
  });

  it('bounds the faults that it lists', async () => {
    const { body } = await post(JSON.stringify({ id: 1, numbers: Array.from({ length: 400 }, () => 'x') }));
    expect(body.errors).to.have.length(100);
  });

  it('refuses query parameters that are unknown, repeated or out of bounds', async () => {
    const details = async (query: string): Promise<unknown> => (await call(`/list?${query}`)).body.errors;
    expect(await details('limits=1')).to.deep.equal([
      { pointer: '/query/limits', detail: 'is not a parameter of this call' },
    ]);
    expect(await details('limit=10')).to.deep.equal([
      { pointer: '/query/limit', detail: 'must be a whole number from 1 to 9, got "10"' },
    ]);
    expect(await details('limit=1&limit=2')).to.deep.equal([
      { pointer: '/query/limit', detail: 'must be a whole number from 1 to 9, got an array of 2' },
    ]);
    expect((await call('/list?flag=true')).body).to.deep.equal({ limit: 100, flag: true });
  });

  it('answers 404 for a malformed path and an unknown one, 405 with Allow for another method', async () => {
    expect((await call('/number/x')).body.code).to.equal('request.not-found');
    expect((await call('/no/such')).status).to.equal(404);
    const wrong = await call('/list', { method: 'PUT' });
    expect([wrong.status, wrong.headers.get('allow')]).to.deep.equal([405, 'HEAD, GET']);
  });

  it('answers 400 for what is no JSON, with the place', async () => {
    expect((await post('{"id":1,}')).body.detail).to.equal(
      'The body is no JSON at byte 8: a key in double quotes was expected',
    );
    const broken = await post(Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d]));
    expect([broken.status, broken.body.detail]).to.deep.equal([400, 'The body is no UTF-8 at byte 2']);
    for (const [bytes, at] of [
      [[0xc3], 0],
      [[...Buffer.from('"\ufffd"'), 0xff], 5],
    ] as const) {
      expect((await post(Buffer.from(bytes))).body.detail).to.equal(`The body is no UTF-8 at byte ${at}`);
    }
    expect((await post('['.repeat(1000) + ']'.repeat(1000))).body.code).to.equal('request.unreadable');
  });

  it('answers 422 where a body is missing or of the wrong shape', async () => {
    expect((await call('/echo', { method: 'POST' })).body.errors).to.deep.equal([
      { pointer: '', detail: 'is required, got nothing' },
    ]);
    expect((await post('[]')).body.errors).to.deep.equal([
      { pointer: '', detail: 'must be an object, got an array of 0' },
    ]);
    expect((await post('{"id":1,"__proto__":{"x":1}}')).body.errors?.[0]?.pointer).to.equal('/__proto__');
  });

  it('answers If-None-Match: * in full where there is no ETag', async () => {
    expect((await call('/list', { headers: { 'If-None-Match': '*' } })).status).to.equal(200);
  });

  it('lets a body be where a call has none', async () => {
    for (const [body, type] of [
      ['no JSON', 'text/plain'],
      [JSON.stringify({ id: 'x'.repeat(5_000) }), 'application/json'],
    ] as const) {
      const answer = await call('/nothing', { method: 'DELETE', body, headers: { 'content-type': type } });
      expect(answer.status).to.equal(204);
    }
  });

  it('answers 413 for a body over the limit, declared or not, and 415 for another type', async () => {
    const large = JSON.stringify({ id: 'x'.repeat(2_000) });
    expect((await post(large)).status).to.equal(413);
    const stream = new Blob([large]).stream();
    const chunked = {
      method: 'POST',
      body: stream,
      duplex: 'half',
      headers: { 'content-type': 'application/json' },
    };
    expect((await call('/echo', chunked as RequestInit)).status).to.equal(413);
    expect((await post('id=1', { 'content-type': 'application/x-www-form-urlencoded' })).status).to.equal(
      415,
    );
    expect((await post('{}', { 'content-encoding': 'gzip' })).status).to.equal(415);
  });

  it('maps each kind of error to its status, with Retry-After and WWW-Authenticate where they belong', async () => {
    const statuses = {
      unreadable: 400,
      unauthenticated: 401,
      forbidden: 403,
      'not-found': 404,
      'method-not-allowed': 405,
      'not-acceptable': 406,
      conflict: 409,
      gone: 410,
      'precondition-failed': 412,
      'too-large': 413,
      'unsupported-media-type': 415,
      invalid: 422,
      'too-many': 429,
      internal: 500,
      unavailable: 503,
    };
    for (const [kind, status] of Object.entries(statuses)) {
      const answer = await call(`/fail/${kind}`);
      expect(answer.status, kind).to.equal(status);
      expect(answer.headers.get('content-type')).to.equal('application/problem+json');
      expect(answer.body).to.deep.include({
        type: 'about:blank',
        status,
        code: `spec.${kind}`,
        detail: 'What happened',
      });
      expect(answer.body.instance).to.equal(`/fail/${kind}`);
      expect(answer.body.request_id).to.equal(answer.headers.get('x-request-id'));
    }
    expect((await call('/fail/too-many')).headers.get('retry-after')).to.equal('3');
    expect((await call('/fail/unauthenticated')).headers.get('www-authenticate')).to.match(/^Bearer/);
  });

  it("masks what is not ours: a foreign error's own status decides nothing, and it is logged once", async () => {
    for (const kind of ['foreign', 'text']) {
      const before = fixture.logged.length;
      const { status, body } = await call(`/fail/${kind}`, { headers: { 'X-Request-Id': `masked-${kind}` } });
      expect([status, body.code]).to.deep.equal([500, 'internal']);
      expect(JSON.stringify(body)).to.not.contain('secret inside');
      const errors = fixture.logged.slice(before).filter((line) => line['level'] === 'error');
      expect(errors).to.have.length(1);
      expect(errors[0]!['request_id']).to.equal(`masked-${kind}`);
    }
  });

  it('keeps a well-formed request id and trace, and makes new ones else', async () => {
    const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
    const kept = await call('/list', { headers: { 'X-Request-Id': 'a.b_c-1', traceparent } });
    expect(kept.headers.get('x-request-id')).to.equal('a.b_c-1');
    expect(kept.headers.get('traceparent')).to.match(
      /^00-0af7651916cd43dd8448eb211c80319c-(?!b7ad6b7169203331)[0-9a-f]{16}-01$/,
    );
    const made = await call('/list', { headers: { 'X-Request-Id': 'a b', traceparent: '00-0-0-0' } });
    expect(made.headers.get('x-request-id')).to.match(/^[0-9a-f-]{36}$/);
    expect(made.headers.get('traceparent')).to.match(/^00-[0-9a-f]{32}-[0-9a-f]{16}-01$/);
  });

  it('logs one line a request: its pattern, never its query', async () => {
    await call('/list?limit=5', { headers: { 'X-Request-Id': 'logged' } });
    const lines = fixture.logged.filter((line) => line['request_id'] === 'logged');
    expect(lines).to.have.length(1);
    expect(lines[0]).to.include({
      level: 'info',
      method: 'GET',
      route: '/list',
      status: 200,
      principal: 'spec',
    });
    expect(JSON.stringify(lines)).to.not.contain('limit');
  });

  it('refuses an Idempotency-Key that is no key', async () => {
    expect((await post('{"id":1}', { 'Idempotency-Key': 'with space' })).body.errors?.[0]?.pointer).to.equal(
      '/header/idempotency-key',
    );
  });
});
