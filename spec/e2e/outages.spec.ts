import type { ConsumeMessage } from 'amqplib';
import { expect } from 'chai';
import { type AmqpClient, amqpClient } from '../support/amqp-client.js';
import { attemptsFile } from '../support/attempts-file.js';
import { postgres } from '../support/postgres.js';
import { freePort } from '../support/rabbitmq-node.js';
import { rabbitmq } from '../support/rabbitmq.js';
import { RestClient } from '../support/rest-client.js';
import { type Service, startService } from '../support/service.js';
import { startTcpProxy, type TcpProxy, throughProxy } from '../support/tcp-proxy.js';
import { waitFor } from '../support/wait-for.js';

const JOB = { numbers: [1], correlation_id: 'rest' };
const TAKE_MS = 60_000;

async function proxyTo(url: string): Promise<TcpProxy> {
  const { hostname, port } = new URL(url);
  return startTcpProxy({ host: hostname, port: Number(port) });
}

/** The status of /readyz and what it says; undefined where nobody listens yet. */
async function readiness(rest: RestClient): Promise<{ http: number; status: string } | undefined> {
  const answer = await rest.get('/readyz').catch(() => undefined);
  return answer && { http: answer.status, ...(answer.body as { status: string }) };
}

describe('without its servers, a service', function () {
  this.timeout(120_000);
  let proxy: TcpProxy;
  let client: AmqpClient | undefined;
  let service: Service | undefined;

  afterEach(async () => {
    await service?.kill();
    await client?.close();
    await proxy?.stop();
    service = client = undefined;
  });

  it('works over REST while RabbitMQ is away at the start, and sends what waited when it comes', async () => {
    const url = await (await rabbitmq()).vhostUrl();
    proxy = await proxyTo(url);
    client = await amqpClient(url, ['task_report', 'ready_report']);
    const env = {
      DATA_FILE: await attemptsFile(20_000),
      AMQP_URL: throughProxy(url, proxy),
      LOG_LEVEL: 'error',
    };
    const jobs = Array.from({ length: 100 }, (_, i) => i + 1);

    service = await startService({ env: { ...env, REPORTS_CONCURRENCY: '1' } });
    let rest = new RestClient(service.url);
    await client.send(
      'task_report',
      jobs.map((job) => `{"correlation_id": ${job}, "phones": [1], "from": ${1_672_531_200_000 + job}}`),
    );
    await waitFor('all to be accepted', async () => (await rest.tasks()).length === jobs.length, {
      timeoutMs: TAKE_MS,
    });
    proxy.close();
    await service.kill();

    service = await startService({ env: { ...env, AMQP_CONNECT_WAIT_S: '1' }, cwd: service.cwd });
    rest = new RestClient(service.url);
    expect(await readiness(rest)).to.deep.include({ http: 200, status: 'degraded' });
    expect((await rest.report(JOB)).status).to.equal(200);
    const completed = async (): Promise<number> => (await rest.tasks('&task_status=completed')).length;
    await waitFor('all to be completed', async () => (await completed()) === jobs.length + 1, {
      timeoutMs: TAKE_MS,
    });

    const answers: ConsumeMessage[] = await client.read('ready_report');
    const answered = (): number[] =>
      answers.map(
        ({ content }) => (JSON.parse(content.toString()) as { correlation_id: number }).correlation_id,
      );
    expect(new Set(answered()).size, 'answers that left before').to.be.below(jobs.length);
    proxy.open();
    await waitFor('every answer', () => new Set(answered()).size === jobs.length, { timeoutMs: TAKE_MS });
    await waitFor('readiness', async () => (await readiness(rest))?.status === 'ok', { timeoutMs: TAKE_MS });
  });

  it('is alive but not ready while PostgreSQL is away at the start, and ready when it comes', async () => {
    const url = await (await postgres()).createDatabase();
    proxy = await proxyTo(url);
    proxy.close();
    const port = await freePort();
    const env = {
      DATA_FILE: await attemptsFile(),
      DATABASE_URL: throughProxy(url, proxy),
      PORT: String(port),
    };
    const starting = startService({ env });
    try {
      const rest = new RestClient(`http://127.0.0.1:${port}`);
      await waitFor('the listener', () => readiness(rest), { timeoutMs: TAKE_MS });
      expect((await rest.get('/livez')).status).to.equal(200);
      expect(await readiness(rest)).to.deep.include({ http: 503, status: 'starting' });
      expect((await rest.post('/api/v1/report', { body: JOB })).status).to.equal(503);
    } finally {
      proxy.open();
      service = await starting;
    }
    const rest = new RestClient(service.url);
    expect(await readiness(rest)).to.deep.include({ http: 200, status: 'ok' });
    expect((await rest.report(JOB)).status).to.equal(200);

    proxy.close();
    await waitFor('readiness to go', async () => (await readiness(rest))?.http === 503, {
      timeoutMs: TAKE_MS,
    });
    proxy.open();
    await waitFor('readiness to come back', async () => (await readiness(rest))?.http === 200, {
      timeoutMs: TAKE_MS,
    });
    expect((await rest.report(JOB)).status).to.equal(200);
  });

  it('says where it listens, also where PostgreSQL went away during the start', async () => {
    const url = await (await postgres()).createDatabase();
    proxy = await proxyTo(url);
    const [port, nobody] = [await freePort(), await freePort()];
    const env = {
      DATA_FILE: await attemptsFile(),
      DATABASE_URL: throughProxy(url, proxy),
      // The start waits for a broker, and meanwhile the database goes.
      AMQP_URL: `amqp://127.0.0.1:${nobody}`,
      AMQP_CONNECT_WAIT_S: '4',
      PORT: String(port),
    };
    const starting = startService({ env });
    const rest = new RestClient(`http://127.0.0.1:${port}`);
    const waitsForBroker = async (): Promise<boolean> => {
      const answer = await rest.get('/readyz').catch(() => undefined);
      const parts = (answer?.body as { parts: Record<string, { detail?: string }> } | undefined)?.parts;
      // It is tried last: all that needs the database has started.
      return /ECONNREFUSED/.test(parts?.['broker']?.detail ?? '');
    };
    await waitFor('the broker to be tried', waitsForBroker, { timeoutMs: TAKE_MS });
    proxy.close();
    service = await starting;
    expect(service.url).to.equal(rest.url);
    proxy.open();
    await waitFor('readiness', async () => (await readiness(rest))?.http === 200, { timeoutMs: TAKE_MS });
    expect((await rest.report(JOB)).status).to.equal(200);
  });
});
