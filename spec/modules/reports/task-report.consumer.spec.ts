import { expect } from 'chai';
import { systemClock } from '../../../src/kernel/clock.js';
import type { Tx } from '../../../src/kernel/tx.js';
import { readJobCorrelationId } from '../../../src/modules/reports/job-correlation-id.js';
import { createTaskReportConsumer } from '../../../src/modules/reports/task-report.consumer.js';
import type { NewTask, TasksApi } from '../../../src/modules/tasks/index.js';
import type { Delivery, OutgoingMessage, Settlement } from '../../../src/platform/broker/index.js';

const HUGE = '9223372036854775807';
const DEEP = '['.repeat(50_000) + ']'.repeat(50_000);

interface Handled {
  settlement: Settlement;
  created: NewTask[];
  sent: OutgoingMessage[];
}

function delivery(body: string | Buffer, over: Partial<Delivery> = {}): Delivery {
  return {
    queue: 'task_report',
    body: Buffer.from(body),
    messageId: undefined,
    correlationId: undefined,
    replyTo: undefined,
    type: undefined,
    contentType: undefined,
    headers: {},
    redelivered: false,
    ...over,
  };
}

/** What the handler adds to the transaction that it is handed. */
async function handle(given: Delivery): Promise<Handled> {
  const [created, sent]: [NewTask[], OutgoingMessage[]] = [[], []];
  const tx = {} as Tx;
  const prepare = (task: NewTask): Promise<NewTask> => Promise.resolve(task);
  const add = (to: Tx, task: NewTask): void => {
    expect(to).to.equal(tx);
    created.push(task);
  };
  const handler = createTaskReportConsumer({
    clock: systemClock,
    tasks: { prepare, add } as unknown as TasksApi,
    outbox: { add: (_tx, message) => void sent.push(message) },
    readyQueue: 'ready_report',
    mostPhones: 10,
    mostBytes: 200_000,
    correlationIdOf: (body) => Promise.resolve(readJobCorrelationId(body)),
    replyAllowed: (queue) => queue.startsWith('amq.gen-'),
  });
  return { settlement: await handler(given, tx), created, sent };
}

function payloadOf({ created }: Handled): { phones: number[]; replyTo?: object } {
  expect(created).to.have.length(1);
  return JSON.parse(created[0]!.payload) as { phones: number[]; replyTo?: object };
}

function answersOf({ sent }: Handled): string[] {
  return sent.map(({ exchange, routingKey, body }) => {
    expect(exchange).to.equal('');
    return `${routingKey} ${body.toString().replace(/"task_received":"[^"]*"/, '"task_received":"…"')}`;
  });
}

describe('The consumer of task_report', () => {
  it('makes a task of a valid job, in the transaction of its delivery', async () => {
    const body = '{"correlation_id": 13242421424214, "phones": [1,2,3], "retry": {"any": "thing"}}';
    const handled = await handle(delivery(body));
    expect(handled.settlement).to.deep.equal({ kind: 'taken' });
    expect(handled.sent).to.deep.equal([]);
    expect(handled.created[0]).to.deep.include({
      type: 'aggregate_calls',
      source: 'queue',
      createdBy: 'task_report',
      correlationId: '13242421424214',
      keys: ['phone:1', 'phone:2', 'phone:3'],
    });
    expect(payloadOf(handled)).to.deep.equal({ phones: [1, 2, 3], period: { fromMs: null, toMs: null } });
  });

  it('keeps each phone once, in the order asked for', async () => {
    const handled = await handle(delivery('{"correlation_id":1,"phones":[3,1,3,17.0,1.7e1]}'));
    expect(payloadOf(handled).phones).to.deep.equal([3, 1, 17]);
  });

  for (const token of [
    HUGE,
    `-${HUGE}`,
    '1.50',
    '1e400',
    '-0',
    '"a \\u0041 \\" é😀"',
    '""',
    '9'.repeat(200),
  ]) {
    it(`keeps the correlation id ${token.slice(0, 30)} as it came`, async () => {
      const bodies = [
        `{"correlation_id":${token},"phones":[1]}`,
        `\n{ "phones" : [1] , "correlation_id"\t:\t${token}\r\n}`,
        `{"correlation_id":"the first","nested":{"correlation_id":1},"correlation\\u005fid":${token},"phones":[1]}`,
        Buffer.concat([
          Buffer.from([0xef, 0xbb, 0xbf]),
          Buffer.from(`{"correlation_id":${token},"phones":[1]}`),
        ]),
      ];
      for (const body of bodies) {
        const handled = await handle(delivery(body));
        expect(handled.created.map(({ correlationId }) => correlationId)).to.deep.equal([token]);
      }
    });
  }

  it('goes on with the trace of the message', async () => {
    const traceparent = `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`;
    const body = '{"correlation_id":1,"phones":[1]}';
    const { created } = await handle(delivery(body, { headers: { traceparent } }));
    expect(created[0]?.trace.traceparent).to.match(/^00-a{32}-(?!b{16})[0-9a-f]{16}-01$/);
    expect(created[0]?.trace.requestId).to.match(/^[0-9a-f-]{36}$/);
  });

  it('remembers where to answer beside ready_report, if that is allowed', async () => {
    const body = '{"correlation_id":1,"phones":[1]}';
    const asked = await handle(delivery(body, { replyTo: 'amq.gen-xyz', correlationId: 'call-7' }));
    expect(payloadOf(asked).replyTo).to.deep.equal({ queue: 'amq.gen-xyz', correlationId: 'call-7' });
    for (const over of [
      { replyTo: 'task_report', correlationId: 'call-7' },
      { replyTo: 'amq.gen-xyz' },
      { correlationId: 'call-7' },
    ]) {
      expect(payloadOf(await handle(delivery(body, over))).replyTo).to.equal(undefined);
    }
  });

  it('answers a job that is too large where its correlation id can be read', async () => {
    const filler = 'x'.repeat(200_000);
    const handled = await handle(delivery(`{"correlation_id":${HUGE},"phones":[1],"filler":"${filler}"}`));
    expect(handled.settlement).to.include({ kind: 'dead', reason: 'too-large' });
    expect(answersOf(handled).join()).to.contain(`"correlation_id":${HUGE},"status":"Error"`);
    for (const id of ['null', '[1]', `"${'y'.repeat(300)}"`]) {
      const unknown = await handle(delivery(`{"correlation_id":${id},"filler":"${filler}"}`));
      expect(unknown.settlement).to.include({ reason: 'too-large' });
      expect(unknown.sent).to.deep.equal([]);
    }
  });

  const unreadable: [string, string | Buffer, string, string][] = [
    ['no JSON', 'phones=1', 'invalid-json', 'must be JSON in UTF-8'],
    ['nothing', '', 'invalid-json', 'must be JSON in UTF-8'],
    ['no UTF-8', Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x7d]), 'invalid-json', 'must be JSON in UTF-8'],
    ['an array', '[1,2]', 'not-an-object', 'must be a JSON object, got an array of 2'],
    ['a deep array', DEEP, 'not-an-object', 'must be a JSON object, got an array of 1'],
    ['null', 'null', 'not-an-object', 'must be a JSON object, got null'],
    ['a string', '"x"', 'not-an-object', 'must be a JSON object, got "x"'],
    ['too many bytes', `"${'x'.repeat(200_000)}"`, 'too-large', 'must be at most 200000 bytes, got 200002'],
    [
      'no correlation_id',
      '{"phones":[1]}',
      'invalid-job',
      '/correlation_id must be a string or a number, got nothing',
    ],
    [
      'null as correlation_id',
      '{"correlation_id":null,"phones":[1]}',
      'invalid-job',
      '/correlation_id must be a string or a number, got null',
    ],
    [
      'a deep correlation_id',
      `{"correlation_id":${DEEP},"phones":[1]}`,
      'invalid-job',
      '/correlation_id must be a string or a number, got an array of 1',
    ],
    [
      'a long correlation_id',
      `{"correlation_id":"${'x'.repeat(300)}"}`,
      'invalid-job',
      '/correlation_id must be at most 256 characters, got 302',
    ],
  ];
  for (const [what, body, reason, detail] of unreadable) {
    it(`buries ${what} with the reason, and answers nobody`, async () => {
      const handled = await handle(delivery(body, { replyTo: 'amq.gen-xyz', correlationId: 'call-7' }));
      expect(handled.settlement).to.deep.equal({ kind: 'dead', reason, detail });
      expect([handled.created, handled.sent]).to.deep.equal([[], []]);
    });
  }

  const invalid: [string, string, string][] = [
    ['no phones', '', '/phones must be an array of phones, got nothing'],
    ['phones in a string', ',"phones":"1,2"', '/phones must be an array of phones, got "1,2"'],
    [
      'deep phones',
      `,"phones":[${DEEP}]`,
      '/phones/0 must be a whole number from 0 to 2^53-1, got an array of 1',
    ],
    ['an empty list', ',"phones":[]', '/phones must hold at least 1 phone, got none'],
    ['too many phones', ',"phones":[1,2,3,4,5,6,7,8,9,10,11]', '/phones must hold at most 10 phones, got 11'],
    ['a wrong period', ',"phones":[1],"from":2,"to":1', '/to must be later than from'],
    [
      'several faults',
      ',"phones":[-1,"2"],"from":"now"',
      '/phones/0 must be a whole number from 0 to 2^53-1, got -1; /phones/1 must be a whole number from 0 to ' +
        '2^53-1, got "2"; /from must be an RFC 3339 time or whole epoch milliseconds, got "now"',
    ],
  ];
  for (const [what, rest, detail] of invalid) {
    it(`buries ${what} with the reason, and answers with the correlation id as it came`, async () => {
      const handled = await handle(delivery(`{"correlation_id":${HUGE}${rest}}`));
      expect(handled.settlement).to.deep.equal({ kind: 'dead', reason: 'invalid-job', detail });
      expect(handled.created).to.deep.equal([]);
      const answer =
        `{"correlation_id":${HUGE},"status":"Error","task_received":"…","from":"report_service",` +
        `"to":"client","error":${JSON.stringify(detail)}}`;
      expect(answersOf(handled)).to.deep.equal([`ready_report ${answer}`]);
    });
  }

  it('answers an invalid job at its reply queue too', async () => {
    const over = { replyTo: 'amq.gen-xyz', correlationId: 'call-7' };
    const handled = await handle(delivery('{"correlation_id":"x"}', over));
    expect(handled.sent.map(({ routingKey, correlationId }) => [routingKey, correlationId])).to.deep.equal([
      ['ready_report', undefined],
      ['amq.gen-xyz', 'call-7'],
    ]);
    expect(handled.sent[0]?.body).to.deep.equal(handled.sent[1]?.body);
    expect(new Set(handled.sent.map(({ messageId }) => messageId)).size).to.equal(2);
  });
});
