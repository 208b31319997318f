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
