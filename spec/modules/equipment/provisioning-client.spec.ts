import { expect } from 'chai';
import { createServer } from 'node:http';
import type { Server, ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { createServer as createTcpServer } from 'node:net';
import { systemClock } from '../../../src/kernel/clock.js';
import { createProvisioningClient } from '../../../src/modules/equipment/configurator/provisioning.client.js';
import type { ProvisioningClient } from '../../../src/modules/equipment/configurator/provisioning.client.js';
import type { CallOutcome } from '../../../src/modules/equipment/configurator/provisioning-answer.js';
import { selfSigned } from '../../support/certificates.js';
import { freePort, provisioningService } from '../../support/provisioning-service.js';
import { waitFor } from '../../support/wait-for.js';

const BODY = '{"timeoutInSeconds":1,"parameters":{}}';

describe('The client of the provisioning service', () => {
  const ends: (() => unknown)[] = [];

  afterEach(async () => {
    for (const end of ends.splice(0).reverse()) await end();
  });

  function client(
    url: string,
    over: { ca?: string; marginMs?: number; concurrency?: number } = {},
  ): ProvisioningClient {
    const { ca = null, marginMs = 0, concurrency = 4 } = over;
    const made = createProvisioningClient({ url, ca, marginMs, concurrency, clock: systemClock });
    ends.push(() => made.stop());
    return made;
  }

  async function serving(answer: (response: ServerResponse, socket: Socket) => void): Promise<string> {
    const server: Server = createServer((request, response) => {
      request.resume().on('end', () => answer(response, request.socket));
    });
    ends.push(() => {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(resolve));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }

  function call(
    made: ProvisioningClient,
    timeoutInSeconds = 1,
    equipmentId = 'cpe0000001',
  ): Promise<CallOutcome> {
    return made.configure({ equipmentId, timeoutInSeconds, body: BODY });
  }

  const json = (status: number, body: unknown) => (response: ServerResponse) =>
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));

  it('tells 200, 404, 500 and 400 apart', async () => {
    const cases = [
      [200, { code: 200, message: 'success' }, 200, null],
      [404, { code: 404, message: 'The requested equipment is not found' }, 404, 'not-found'],
      [500, { code: 500, message: 'Internal provisioning exception' }, 500, 'failed'],
      [400, { code: 400, message: 'no such vlan' }, 500, 'rejected'],
      [400, 'anything', 500, 'rejected'],
    ] as const;
    for (const [status, body, code, reason] of cases) {
      const outcome = await call(client(await serving(json(status, body))));
      expect(outcome).to.include({
        kind: 'answered',
        code,
        reason,
        mayStillRun: false,
        isServiceDown: false,
      });
    }
  });

  it('takes no JSON for success that does not say so', async () => {
    const answers = [{}, { code: 201 }, { code: '200' }, { message: 'success' }, [], null, { code: 204 }];
    for (const body of answers) {
      expect(await call(client(await serving(json(200, body))))).to.include({ reason: 'unexpected-answer' });
    }
    // A refusal that comes under a 200 is a refusal.
    expect(await call(client(await serving(json(200, { code: 500 }))))).to.include({
      code: 500,
      reason: 'failed',
    });
    expect(await call(client(await serving(json(200, { code: 404 }))))).to.include({ code: 404 });
    expect(await call(client(await serving(json(500, { code: 200 }))))).to.include({
      reason: 'unexpected-answer',
    });
    expect(await call(client(await serving(json(404, { error: 'no such page' }))))).to.include({
      reason: 'unexpected-answer',
    });
  });

  it('takes no JSON, a page of an error, a redirect and far too much for an unexpected answer', async () => {
    const redirect = (response: ServerResponse): unknown => response.writeHead(302, { location: '/' }).end();
    const answers: [(response: ServerResponse) => unknown, string][] = [
      [(response) => response.end('{"code":200'), 'status 200 without a code'],
      [(response) => response.writeHead(200).end('<html>'), 'status 200 without a code'],
      [(response) => response.end(), 'status 200 without a code'],
      [redirect, 'a redirect (302)'],
      [(response) => response.end(JSON.stringify({ code: 200, message: 'x'.repeat(200_000) })), 'too large'],
    ];
    for (const [answer, says] of answers) {
      const outcome = await call(client(await serving(answer)));
      expect(outcome).to.include({
        kind: 'answered',
        code: 500,
        reason: 'unexpected-answer',
        mayStillRun: false,
      });
      expect(outcome).to.have.property('message').that.contains(says).and.contains('may be configured');
    }
  });

  it('knows a gateway whose service is away from a device that fails', async () => {
    for (const status of [502, 503, 504]) {
      const url = await serving((response) => response.writeHead(status).end('<html>Bad gateway</html>'));
      expect(await call(client(url))).to.include({ reason: 'unexpected-answer', isServiceDown: true });
    }
  });

  it('waits for as long as the task says and the margin, and no default of any library', async function () {
    this.timeout(30_000);
    const url = await serving((response) => {
      const timer = setTimeout(() => json(200, { code: 200 })(response), 6_500);
      response.on('close', () => clearTimeout(timer));
    });
    expect(await call(client(url), 8)).to.include({ code: 200, reason: null });
    const begun = performance.now();
    const late = await call(client(url, { marginMs: 300 }), 1);
    expect(late).to.include({ code: 500, reason: 'timed-out', mayStillRun: false });
    expect(performance.now() - begun).to.be.within(1_250, 4_000);
  });

  it('says of a connection that broke after the request was sent that the outcome is unknown', async () => {
    const urls = await Promise.all([
      serving((_response, socket) => socket.resetAndDestroy()),
      serving((_response, socket) => socket.end()),
      serving((response, socket) => {
        response.writeHead(200, { 'content-length': '100' }).write('{"code":');
        setTimeout(() => socket.destroy(), 50);
      }),
    ]);
    for (const url of urls) {
      expect(await call(client(url))).to.include({ reason: 'outcome-unknown', mayStillRun: true });
    }
  });

  it('says of one that was never there that nothing was sent', async () => {
    const refused = await call(client(`http://127.0.0.1:${await freePort()}`));
    expect(refused).to.deep.equal({ kind: 'unreached', detail: 'ECONNREFUSED' });
    const unknown = await call(client('http://no-such-host.invalid'));
    expect(unknown).to.have.property('kind', 'unreached');
  });

  it('says the same of a server that speaks no TLS, and of one that never answers the handshake', async () => {
    const server = createTcpServer((socket) => void socket.on('error', () => undefined));
    const sockets = new Set<Socket>();
    server.on('connection', (socket) => sockets.add(socket));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    ends.push(() => {
      for (const socket of sockets) socket.destroy();
      return new Promise((resolve) => server.close(resolve));
    });
    const silent = `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
    expect(await call(client(silent))).to.deep.equal({ kind: 'unreached', detail: 'no connection in time' });
    const plain = (await serving(json(200, { code: 200 }))).replace('http:', 'https:');
    expect(await call(client(plain))).to.have.property('kind', 'unreached');
  });

  it('trusts a pinned self-signed certificate whatever name stands in it, and no other', async () => {
    const [own, other] = [await selfSigned('cpe-provisioning.local'), await selfSigned('localhost')];
    const service = await provisioningService({ tls: own });
    ends.push(() => service.stop());
    expect(await call(client(service.url, { ca: own.cert }))).to.include({ code: 200 });
    for (const made of [client(service.url, { ca: other.cert }), client(service.url)]) {
      const outcome = await call(made);
      expect(outcome).to.have.property('kind', 'unreached');
      expect(outcome)
        .to.have.property('detail')
        .that.matches(/SELF_SIGNED_CERT|UNABLE_TO_VERIFY/);
    }
    expect(service.seen).to.have.length(1);
  });

  it('keeps a connection for the next call, and has as many as it may have in flight', async () => {
    let sockets = 0;
    const service = await provisioningService({ latencyMs: [100, 100] });
    ends.push(() => service.stop());
    const server = new Set<Socket>();
    const counted = await serving((response, socket) => {
      if (!server.has(socket)) sockets++;
      server.add(socket);
      json(200, { code: 200 })(response);
    });
    const one = client(counted);
    for (let i = 0; i < 10; i++) await call(one);
    // A second one, as the first is free only after its answer was given.
    expect(sockets).to.be.at.most(2);
    const many = client(service.url, { concurrency: 50 });
    await Promise.all(Array.from({ length: 50 }, (_, i) => call(many, 5, `cpe00000${i + 10}`)));
    expect(service.counts()).to.include({ requests: 50, mostInFlight: 50, twoAtOnce: 0 });
  });

  it('sends nothing of a call that was given up while it waited for a connection', async () => {
    const port = await freePort();
    const made = client(`http://127.0.0.1:${port}`, { concurrency: 1 });
    expect(await call(made)).to.have.property('kind', 'unreached');
    const service = await provisioningService({ port });
    ends.push(() => service.stop());
    await waitFor('the service to be reached', async () => (await call(made)).kind === 'answered');
    expect(service.seen).to.have.length(1);
  });

  it('calls below the path of its URL', async () => {
    let path: string | undefined;
    const server = createServer((request, response) => {
      path = request.url;
      json(200, { code: 200 })(response);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    ends.push(() => {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(resolve));
    });
    await call(client(`http://127.0.0.1:${(server.address() as AddressInfo).port}/site-7`));
    expect(path).to.equal('/site-7/api/v1/equipment/cpe/cpe0000001');
  });
});
