import type { Options } from 'amqplib';
import fc from 'fast-check';
import type { OpenApi, Schema } from '../support/open-api.js';
import { junk, mutated, oddText, validFor } from './json-arbitraries.js';
import { jsonText } from './json-text.js';

export interface Message {
  /** Made from the contract: it must become a task. */
  isJob: boolean;
  body: Buffer;
  options: Options.Publish;
  /** Sent a second time with the same id; there only where it has one. */
  twice: boolean;
}

/** Values that AMQP's tables can hold. CC and BCC would send a message elsewhere too. */
const headerValue: fc.Arbitrary<unknown> = fc.oneof(
  oddText.map(short),
  fc.integer(),
  fc.boolean(),
  fc.constant(null),
  fc.double({ min: -1e6, max: 1e6, noNaN: true }),
  fc.array(fc.integer(), { maxLength: 3 }),
  fc.dictionary(fc.constantFrom('a', 'b'), fc.integer()),
  fc.uint8Array({ maxLength: 20 }).map((bytes) => Buffer.from(bytes)),
);
const headerName = fc.constantFrom(
  'traceparent',
  'x-death',
  'x-reason',
  'retry',
  'x-retry-count',
  '__proto__',
  'x',
  '',
);

const TEXTS = [
  '',
  ' ',
  'application/json',
  'text/plain',
  'gzip',
  'report.requested.v1',
  '\0',
  'é',
  'x'.repeat(255),
];
const REPLIES = [
  'ready_report',
  'task_report',
  'task_report.dead',
  'amq.gen-nobody',
  'amq.rabbitmq.reply-to.x',
  'nowhere',
  '',
];

const properties: fc.Arbitrary<Options.Publish> = fc.record(
  {
    contentType: fc.constantFrom(...TEXTS),
    contentEncoding: fc.constantFrom(...TEXTS),
    type: fc.constantFrom(...TEXTS),
    appId: fc.constantFrom(...TEXTS),
    correlationId: fc.constantFrom(...TEXTS),
    replyTo: fc.constantFrom(...REPLIES),
    priority: fc.integer({ min: 0, max: 255 }),
    timestamp: fc.constantFrom(0, 1, 2 ** 40, 2 ** 52),
    persistent: fc.boolean(),
    headers: fc.dictionary(headerName, headerValue, { maxKeys: 3 }),
  },
  { requiredKeys: [] },
);

/** Messages for a queue: jobs by its contract, jobs with faults, JSON, and bytes. Message ids are the caller's. */
export function messagesFor(api: OpenApi, job: Schema): fc.Arbitrary<Message> {
  const valid = validFor(api, job);
  const asBytes = (value: unknown): Buffer => Buffer.from(jsonText(value));
  const body: fc.Arbitrary<Pick<Message, 'isJob' | 'body'>> = fc.oneof(
    { weight: 6, arbitrary: valid.map((value) => ({ isJob: true, body: asBytes(value) })) },
    { weight: 8, arbitrary: mutated(valid).map((value) => ({ isJob: false, body: asBytes(value) })) },
    { weight: 3, arbitrary: junk.map((value) => ({ isJob: false, body: asBytes(value) })) },
    { weight: 2, arbitrary: cut(valid.map(asBytes)) },
    {
      weight: 2,
      arbitrary: fc
        .uint8Array({ maxLength: 100 })
        .map((bytes) => ({ isJob: false, body: Buffer.from(bytes) })),
    },
  );
  return fc
    .tuple(body, fc.option(properties, { nil: {}, freq: 2 }), fc.nat(19))
    .map(([made, options, twice]) => ({ ...made, options, twice: twice === 0 }));
}

function cut(whole: fc.Arbitrary<Buffer>): fc.Arbitrary<Pick<Message, 'isJob' | 'body'>> {
  return fc
    .tuple(whole, fc.nat())
    .map(([body, at]) => ({ isJob: false, body: body.subarray(0, at % body.length) }));
}

function short(text: string): string {
  return text.slice(0, 100);
}
