import { expect } from 'chai';
import { type AmqpClient, amqpClient } from '../support/amqp-client.js';
import { AsyncApi, type AsyncApiText } from '../support/async-api.js';
import { attemptsFile } from '../support/attempts-file.js';
import { chromium } from '../support/chromium.js';
import { LiveSocket } from '../support/live-socket.js';
import { rabbitmq } from '../support/rabbitmq.js';
import { RestClient } from '../support/rest-client.js';
import { type Service, startService } from '../support/service.js';
import { waitFor } from '../support/wait-for.js';

describe('the AsyncAPI document', function () {
  this.timeout(90_000);
  let service: Service;
  let rest: RestClient;
  let amqp: AmqpClient;
  let api: AsyncApi;

  before(async () => {
    const url = await (await rabbitmq()).vhostUrl();
    amqp = await amqpClient(url, ['task_report', 'ready_report']);
    service = await startService({ env: { DATA_FILE: await attemptsFile(), AMQP_URL: url } });
    rest = new RestClient(service.url);
    api = new AsyncApi((await rest.get('/asyncapi.json')).body as AsyncApiText);
  });

  after(async () => {
    await amqp?.close();
    await service?.stop();
  });

  it('is one by the schema of AsyncAPI 3.0', () => {
    expect(api.faults()).to.deep.equal([]);
    const broken = structuredClone(api.document) as unknown as { channels: { live: { messages: unknown } } };
    broken.channels.live.messages = 3;
    expect(new AsyncApi(broken as unknown as AsyncApiText).faults()).to.not.be.empty;
  });

  it('points at nothing that is not there, and names the queues and topics', () => {
    const text = JSON.stringify(api.document);
    for (const [, path = ''] of text.matchAll(/"\$ref":"#\/([^"]+)"/g)) {
      const target = path
        .split('/')
        .reduce<unknown>((at, key) => (at as Record<string, unknown>)[key], api.document);
      expect(target, path).to.be.an('object');
    }
    const addresses = Object.values(api.document.channels).map(({ address }) => address);
    const reports = ['task_report', 'ready_report', 'task_report.dead'];
    const equipment = ['to_configure', 'configured', 'configured.dead'];
    const sensors = ['sensor_events', 'sensor_events.dead'];
    expect(addresses).to.have.members(['/ws', ...reports, ...equipment, ...sensors, 'rates']);
    const rate = { exchanger: 'bank', direction: 'USD-RUB', value: '90.1', at: '2026-11-21T12:00:00.000Z' };
    expect(api.fitting('receive.rates', rate)).to.deep.equal(['Rate']);
    expect(text).to.contain('`tasks.<task_id>`').and.contain('`system`').and.contain('`dead-letters`');
  });

  it('describes every frame that goes over the live channel', async () => {
    const socket = await LiveSocket.open(service.url);
    const client: object[] = [
      { op: 'auth', token: 'any' },
      { op: 'ping' },
      { op: 'subscribe', topic: 'tasks' },
      { op: 'subscribe', topic: 'system' },
      { op: 'subscribe', topic: 'dead-letters' },
      { op: 'subscribe', topic: 'tasks.none' },
      { op: 'unsubscribe', topic: 'dead-letters' },
    ];
    for (const frame of client) {
      expect(api.fitting('receive.live', frame), JSON.stringify(frame)).to.not.be.empty;
      await socket.ask(frame);
    }
    const id = await rest.accepted({ numbers: [1, 2], correlation_id: 'x' });
    await socket.ask({ op: 'subscribe', topic: `tasks.${id}` });
    socket.send({ op: 'subscribe', topic: 'dead-letters', since: '999999' });
    await amqp.send('task_report', ['no JSON', '{"correlation_id":1,"phones":[1]}']);
    await rest.accepted({ numbers: [77_777], correlation_id: 'x' });
    await waitFor('frames of all kinds', () => {
      const types = new Set(socket.frames.map(({ op, event }) => event?.type ?? op));
      return [
        ...['task.created', 'task.started', 'task.completed', 'task.failed', 'dead-letter.added'],
        ...['system.sampled', 'gap', 'subscribed', 'unsubscribed', 'error', 'ready', 'pong'],
      ].every((kind) => types.has(kind));
    });
    for (const frame of socket.frames) {
      expect(api.fitting('send.live', frame), JSON.stringify(frame)).to.have.length(1);
    }
    await socket.close();
  });

  it('describes the messages of the queues', async () => {
    const [ready, dead] = [await amqp.read('ready_report'), await amqp.read('task_report.dead')];
    const jobs = ['{"correlation_id":"a","phones":[1,2,40]}', '{"correlation_id":7,"phones":[99999]}'];
    for (const job of jobs)
      expect(api.fitting('receive.task_report', JSON.parse(job))).to.deep.equal(['ReportJob']);
    expect(api.fitting('receive.task_report', { correlation_id: 'a', phones: [] })).to.be.empty;
    await amqp.send('task_report', [...jobs, '{"correlation_id":8,"phones":"none"}']);
    await waitFor('three answers and a dead letter', () => ready.length >= 3 && dead.length >= 1);
    const kinds = ready.map(({ content }) =>
      api.fitting('send.ready_report', JSON.parse(content.toString())),
    );
    expect(new Set(kinds.flat())).to.deep.equal(new Set(['ReportReady', 'ReportFailed']));
    for (const kind of kinds) expect(kind).to.have.length(1);
    for (const { properties } of dead) {
      expect(api.headersFit('RefusedReportJob', properties.headers)).to.equal(true);
      expect(api.headersFit('RefusedReportJob', {})).to.equal(false);
    }
  });

  it('is a page to read that asks nothing of another host', async () => {
    const checked = await (await chromium()).newPage(service.url);
    await checked.page.goto('/asyncapi');
    await checked.page.getByRole('heading', { name: 'Report jobs', exact: true }).waitFor();
    const message = checked.page.locator('[id="message-server.event.task.completed"]');
    await message.locator('summary').click();
    await message.getByText('"specversion"').waitFor();
    await checked.close();
  });
});
