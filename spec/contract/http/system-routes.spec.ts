import { expect } from 'chai';
import { AppError } from '../../../src/kernel/errors.js';
import { startHttp, type HttpFixture } from '../../support/http-fixture.js';

const refuse = (): never => {
  throw new AppError('A token is needed', { code: 'access.unauthenticated', kind: 'unauthenticated' });
};

/** An answer that is not read would keep its connection. */
async function statusOf(url: string): Promise<number> {
  const response = await fetch(url);
  await response.arrayBuffer();
  return response.status;
}

describe('probes, page and documentation', () => {
  let open: HttpFixture;
  let closed: HttpFixture;

  before(async () => {
    open = await startHttp();
    closed = await startHttp({
      authenticate: refuse,
      readiness: () => ({
        ready: false,
        status: 'starting',
        parts: { database: { status: 'starting', detail: 'connecting' } },
      }),
    });
  });
  after(() => Promise.all([open.http.stop(), closed.http.stop()]));

  it('answers that it lives, to anyone', async () => {
    expect(await (await fetch(`${closed.url}/livez`)).json()).to.deep.equal({ status: 'ok' });
  });

  it('shows the parts of readiness on this machine and to those who are known', async () => {
    const known = await fetch(`${open.url}/readyz`);
    expect(known.status).to.equal(200);
    expect(await known.json()).to.deep.equal({ status: 'ok', parts: { database: { status: 'ok' } } });
    const local = await fetch(`${closed.url}/readyz`);
    expect(await local.json()).to.have.property('parts');
    const unknown = await fetch(`${closed.url}/readyz`, { headers: { 'X-Forwarded-For': '192.0.2.1' } });
    expect(unknown.status).to.equal(503);
    expect(await unknown.json()).to.deep.equal({ status: 'starting' });
  });

  it('says degraded with 200 while a part is away', async () => {
    const parts = { broker: { status: 'down' as const } };
    const { http, url } = await startHttp({ readiness: () => ({ ready: true, status: 'degraded', parts }) });
    const response = await fetch(`${url}/readyz`);
    expect([response.status, ((await response.json()) as { status: string }).status]).to.deep.equal([
      200,
      'degraded',
    ]);
    await http.stop();
  });

  it('keeps metrics and the documents for viewers; the pages that ask for them are open', async () => {
    for (const path of ['/metrics', '/openapi.json', '/asyncapi.json', '/asyncapi/content']) {
      expect(await statusOf(closed.url + path), path).to.equal(401);
      expect(await statusOf(open.url + path), path).to.equal(200);
    }
    const scripts = ['/docs/start.js', '/docs/asyncapi.js', '/docs/swagger-ui-bundle.js'];
    for (const path of ['/docs', '/asyncapi', ...scripts]) {
      expect(await statusOf(closed.url + path), path).to.equal(200);
    }
  });

  it('counts requests by route pattern, never by path', async () => {
    await statusOf(`${open.url}/no/such/thing`);
    const text = await (await fetch(`${open.url}/metrics`)).text();
    expect(text).to.match(
      /switchyard_http_request_duration_seconds_count\{method="GET",route="none",status="404"\} 1/,
    );
    expect(text).to.not.contain('/no/such');
  });

  it('serves Swagger UI without inline scripts and without other hosts', async () => {
    const page = await fetch(`${open.url}/docs`);
    const html = await page.text();
    expect(html).to.not.match(/<script>|style=|https?:/);
    expect(page.headers.get('content-security-policy'))
      .to.contain("script-src 'self'")
      .and.not.contain('unsafe');
  });

  it('serves the page to anyone, with 304 for what the browser has', async () => {
    const first = await fetch(`${closed.url}/`);
    expect([first.status, (await first.text()).length > 0]).to.deep.equal([200, true]);
    expect(first.headers.get('content-type')).to.equal('text/html; charset=utf-8');
    const again = await fetch(`${closed.url}/`, { headers: { 'If-None-Match': first.headers.get('etag')! } });
    expect([again.status, await again.text()]).to.deep.equal([304, '']);
  });

  it('serves nothing outside of its folder', async () => {
    for (const path of [
      '/../package.json',
      '/%2e%2e/package.json',
      '/..%2fpackage.json',
      '/.gitkeep',
      '/%00',
    ]) {
      expect(await statusOf(open.url + path), path).to.equal(404);
    }
  });
});
