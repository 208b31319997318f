import { expect } from 'chai';
import { connect, type Socket } from 'node:net';
import { startHttp } from '../../support/http-fixture.js';
import { SpecController, specRoutes } from '../../support/spec-controller.js';
import { waitFor } from '../../support/wait-for.js';

/** Sends bytes and collects what comes until the server ends the connection. */
function exchange(port: number, bytes: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket: Socket = connect(port, '127.0.0.1', () => socket.write(bytes));
    let answer = '';
    socket.on('data', (chunk: Buffer) => (answer += chunk.toString()));
    socket.on('close', () => resolve(answer)).on('error', reject);
  });
}

const options = () => ({ routes: specRoutes, controllers: [new SpecController()] });

describe('connections', () => {
  it('answers what is no HTTP with a problem, and closes', async () => {
    const { http, port } = await startHttp(options());
    const answer = await exchange(port, 'HELLO\r\n\r\n');
    expect(answer)
      .to.match(/^HTTP\/1.1 400 Bad Request\r\n/)
      .and.contain('application/problem+json');
    await http.stop();
  });

  it('answers a request without a Host, or with two, with a problem', async () => {
    const { http, port } = await startHttp(options());
    for (const hosts of ['', 'Host: 127.0.0.1\r\nHost: evil.example\r\n']) {
      const answer = await exchange(port, `GET /list HTTP/1.1\r\n${hosts}Connection: close\r\n\r\n`);
      expect(answer, hosts)
        .to.match(/^HTTP\/1.1 400 Bad Request\r\n/)
        .and.contain('application/problem+json')
        .and.contain('"code":"request.unreadable"');
    }
    expect(await exchange(port, 'GET /list HTTP/1.0\r\n\r\n'), 'which HTTP/1.0 has none of').to.contain(
      '200 OK',
    );
    await http.stop();
  });

  it('answers a target that is no URL with a problem, and takes one that is absolute', async () => {
    const { http, port } = await startHttp(options());
    const get = (target: string): Promise<string> =>
      exchange(port, `GET ${target} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`);
    expect(await get('https://[::1')).to.match(
      /^HTTP\/1.1 400 Bad Request\r\n[^]*"code":"request.unreadable"/,
    );
    expect(await get('http://x/list')).to.match(/^HTTP\/1.1 200 OK\r\n/);
    await http.stop();
  });

  it('takes no notice of an expectation that it does not know', async () => {
    const { http, url } = await startHttp(options());
    const { port } = new URL(url);
    const request = 'GET /list HTTP/1.1\r\nHost: x\r\nExpect: the-unexpected\r\nConnection: close\r\n\r\n';
    expect(await exchange(Number(port), request)).to.match(/^HTTP\/1.1 200 OK\r\n/);
    await http.stop();
  });

  it('sees each header of a request, however many there are', async () => {
    let forwarded: unknown;
    const { http, port } = await startHttp({
      ...options(),
      authenticate: ({ headers }) => {
        forwarded = headers['x-forwarded-for'];
        return { role: 'admin', name: 'spec' };
      },
    });
    const many = `${'X: y\r\n'.repeat(2_500)}X-Forwarded-For: 1.2.3.4\r\nConnection: close\r\n`;
    await exchange(port, `GET /list HTTP/1.1\r\nHost: x\r\n${many}\r\n`);
    expect(forwarded).to.equal('1.2.3.4');
    await http.stop();
  });

  it('answers 431 for headers over the limit and 408 for those that do not come', async () => {
    const { http, port } = await startHttp({ ...options(), headerLimitBytes: 1_000, headersTimeoutMs: 100 });
    const large = await exchange(port, `GET /list HTTP/1.1\r\nHost: x\r\nX-A: ${'a'.repeat(2_000)}\r\n\r\n`);
    expect(large).to.match(/^HTTP\/1.1 431/);
    expect(await exchange(port, 'GET /list HTTP/1.1\r\nHost:')).to.match(/^HTTP\/1.1 408/);
    await http.stop();
  });

  it('finishes the request in hand when it stops, and takes no more', async () => {
    const controller = new SpecController();
    const { http, url } = await startHttp({ routes: specRoutes, controllers: [controller] });
    let entered = false;
    http.server.on('request', () => (entered = true));
    const answer = fetch(`${url}/wait`);
    await waitFor('the request to arrive', () => entered);
    const stopped = http.stop();
    controller.release();
    expect(await (await answer).json()).to.deep.equal({ done: true });
    await stopped;
    expect(await fetch(`${url}/list`).catch(() => 'refused')).to.equal('refused');
  });

  it('cuts off what does not end in time', async () => {
    const { http, url } = await startHttp(options());
    let entered = false;
    http.server.on('request', () => (entered = true));
    const answer = fetch(`${url}/wait`).catch(() => 'cut off');
    await waitFor('the request to arrive', () => entered);
    await http.stop(50);
    expect(await answer).to.equal('cut off');
  });

  it('answers the client that sent only a part of its body with nothing, and lives on', async () => {
    const { http, port, url } = await startHttp(options());
    const socket = connect(port, '127.0.0.1', () => {
      socket.write('POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n{"id"');
      setTimeout(() => socket.destroy(), 20);
    });
    await new Promise((resolve) => socket.on('close', resolve));
    expect(await (await fetch(`${url}/livez`)).json()).to.deep.equal({ status: 'ok' });
    await http.stop();
  });
});
