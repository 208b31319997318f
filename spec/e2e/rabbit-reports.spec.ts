import { expect } from 'chai';
import type { ConsumeMessage } from 'amqplib';
import { type AmqpClient, amqpClient } from '../support/amqp-client.js';
import { attemptsFile, PHONES, plainReports } from '../support/attempts-file.js';
import { rabbitmq } from '../support/rabbitmq.js';
import { RestClient } from '../support/rest-client.js';
import { type Service, startService } from '../support/service.js';
import { waitFor } from '../support/wait-for.js';

interface ReadyReport {
  correlation_id: unknown;
  status: string;
  data?: unknown[];
  error?: string;
}

const TAKE_MS = 60_000;

const read = (message: ConsumeMessage): ReadyReport => JSON.parse(message.content.toString()) as ReadyReport;

/** The token itself: JSON.parse would round what has 64 bits. */
function correlationToken(text: string): string {
  return /"correlation_id": ?("[^"]*"|[\d.eE+-]+)/.exec(text)![1]!;
}

describe('reports over RabbitMQ', function () {
  this.timeout(90_000);
  let service: Service;
  let client: AmqpClient;
  let ready: ConsumeMessage[];
  let dead: ConsumeMessage[];
  let reference: Map<number, unknown>;

  before(async () => {
    const url = await (await rabbitmq()).vhostUrl();
    const file = await attemptsFile();
    reference = await plainReports(file);
    client = await amqpClient(url, ['task_report', 'ready_report']);
    service = await startService({ env: { DATA_FILE: file, AMQP_URL: url } });
    ready = await client.read('ready_report');
    dead = await client.read('task_report.dead');
  });

  beforeEach(() => {
    ready.length = 0;
    dead.length = 0;
  });

  after(async () => {
    await client?.close();
    await service?.stop();
  });

  it('are answered each once, correctly, with the correlation ids as they came', async () => {
    const jobs = Array.from({ length: 1_000 }, (_, i) => ({
      token: i % 2 === 0 ? String(9_223_372_036_854_770_000n + BigInt(i)) : `"job-${i}"`,
      phones: [i % PHONES, (i * 7 + 1) % PHONES, i % PHONES],
    }));
    const bodies = jobs.map(
      ({ token, phones }) => `{"correlation_id": ${token}, "phones": ${JSON.stringify(phones)}, "retry": 0}`,
    );
    await client.send('task_report', bodies);
    await waitFor('1,000 answers', () => ready.length >= 1_000, { timeoutMs: TAKE_MS });
    const answers = new Map(
      ready.map((message) => [correlationToken(message.content.toString()), read(message)]),
    );
    expect(answers.size, 'different correlation ids').to.equal(1_000);
    for (const { token, phones } of jobs) {
      const answer = answers.get(token);
      expect(answer, token).to.include({ status: 'Complete', from: 'report_service', to: 'client' });
      expect(answer!.data, token).to.deep.equal([...new Set(phones)].map((phone) => reference.get(phone)));
    }
    const rest = new RestClient(service.url);
    expect(await rest.tasks()).to.have.lengthOf(1_000);
    expect(ready, 'nothing comes twice').to.have.lengthOf(1_000);
    expect(dead).to.deep.equal([]);
  });

  it('are taken from amq.direct under the name of the queue too', async () => {
    client.channel.publish(
      'amq.direct',
      'task_report',
      Buffer.from('{"correlation_id":"direct","phones":[3]}'),
    );
    const [answer] = await waitFor('an answer', () => ready.length > 0 && ready, { timeoutMs: TAKE_MS });
    expect(read(answer!)).to.deep.include({ correlation_id: 'direct', data: [reference.get(3)] });
    expect(answer!.properties).to.include({ contentType: 'application/json', type: 'report.ready.v1' });
    expect(answer!.properties.deliveryMode, 'persistent').to.equal(2);
  });

  it('are answered to reply_to as well, with the correlation id of the message', async () => {
    const { queue: replyTo } = await client.channel.assertQueue('', { exclusive: true });
    const replies = await client.read(replyTo);
    const options = { replyTo, correlationId: 'of-the-message' };
    await client.send('task_report', ['{"correlation_id":7,"phones":[4]}'], options);
    await waitFor('both answers', () => replies.length > 0 && ready.length > 0, { timeoutMs: TAKE_MS });
    expect(replies[0]!.properties.correlationId).to.equal('of-the-message');
    expect(replies[0]!.content.equals(ready[0]!.content), 'the same body').to.equal(true);
  });

  it('that failed are answered with the reason', async () => {
    await client.send('task_report', ['{"correlation_id":"none","phones":[777777]}']);
    const [answer] = await waitFor('an answer', () => ready.length > 0 && ready, { timeoutMs: TAKE_MS });
    expect(read(answer!)).to.deep.include({
      correlation_id: 'none',
      status: 'Error',
      error: 'No attempts found for phones 777777',
    });
  });

  it('that REST asked for are not answered in the queue', async () => {
    const rest = new RestClient(service.url);
    expect((await rest.report({ numbers: [1], correlation_id: 'rest' })).status).to.equal(200);
    await client.send('task_report', ['{"correlation_id":"after","phones":[1]}']);
    await waitFor('an answer', () => ready.length > 0, { timeoutMs: TAKE_MS });
    expect(ready.map((message) => read(message).correlation_id)).to.deep.equal(['after']);
  });

  describe('that are no valid job', () => {
    const INVALID: readonly {
      what: string;
      body: Buffer;
      reason: string;
      detail: string;
      answered?: true;
    }[] = [
      {
        what: 'is not JSON',
        body: Buffer.from('not JSON'),
        reason: 'invalid-json',
        detail: 'must be JSON in UTF-8',
      },
      {
        what: 'is not UTF-8',
        body: Buffer.from([0x22, 0xff, 0x22]),
        reason: 'invalid-json',
        detail: 'must be JSON in UTF-8',
      },
      {
        what: 'is not an object',
        body: Buffer.from('[1]'),
        reason: 'not-an-object',
        detail: 'must be a JSON object, got an array of 1',
      },
      {
        what: 'lacks its correlation id',
        body: Buffer.from('{"phones":[1]}'),
        reason: 'invalid-job',
        detail: '/correlation_id must be a string or a number, got nothing',
      },
      {
        what: 'lacks its phones',
        body: Buffer.from('{"correlation_id":"bad"}'),
        reason: 'invalid-job',
        detail: '/phones must be an array of phones, got nothing',
        answered: true,
      },
      {
        what: 'has a phone that is a string',
        body: Buffer.from('{"correlation_id":"bad","phones":[1,"2"]}'),
        reason: 'invalid-job',
        detail: '/phones/1 must be a whole number from 0 to 2^53-1, got "2"',
        answered: true,
      },
      {
        what: 'has 5 MiB',
        body: Buffer.from(`{"correlation_id":"bad","phones":[1],"x":"${'x'.repeat(5 * 2 ** 20)}"}`),
        reason: 'too-large',
        detail: 'must be at most 1048576 bytes, got 5242924',
        answered: true,
      },
    ];

    for (const { what, body, reason, detail, answered } of INVALID) {
      it(`one that ${what} ends in the dead letters with the reason`, async () => {
        await client.send('task_report', [body]);
        const [letter] = await waitFor('a dead letter', () => dead.length > 0 && dead, {
          timeoutMs: TAKE_MS,
        });
        expect(letter!.content.equals(body), 'the same bytes').to.equal(true);
        expect(letter!.properties.headers).to.include({
          'x-reason': reason,
          'x-detail': detail,
          'x-original-queue': 'task_report',
        });
        // An answer leaves before or after its dead letter; one that must not be there would come before the next job's.
        if (!answered) await client.send('task_report', ['{"correlation_id":"valid","phones":[1]}']);
        const [answer] = await waitFor('an answer', () => ready.length > 0 && ready, { timeoutMs: TAKE_MS });
        const expected = answered
          ? { correlation_id: 'bad', status: 'Error', error: detail }
          : { correlation_id: 'valid' };
        expect(read(answer!)).to.deep.include(expected);
      });
    }
  });
});
