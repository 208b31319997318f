import type { JsonSchema, MessageCatalog, MessageKind } from '../../kernel/message-catalog.js';

const PHONE = { type: 'integer', minimum: 0, maximum: Number.MAX_SAFE_INTEGER };
const CORRELATION_ID = { type: ['string', 'integer', 'number'], description: 'Echoed exactly as it came.' };
const TIME = { type: ['string', 'integer'], description: 'RFC 3339, or epoch ms.' };
const COUNT = { type: 'integer', minimum: 0 };

function object(
  properties: Readonly<Record<string, JsonSchema>>,
  optional: readonly string[] = [],
): JsonSchema {
  const required = Object.keys(properties).filter((name) => !optional.includes(name));
  return { type: 'object', required, additionalProperties: false, properties };
}

const ANSWER = {
  correlation_id: CORRELATION_ID,
  task_received: { type: 'string', description: 'UTC: `2023-05-09 02:27:03.049772`.' },
  from: { const: 'report_service' },
  to: { const: 'client' },
};

/** Properties that stand beside the body, as AMQP headers. */
const TRACED = { type: 'object', properties: { traceparent: { type: 'string' } } };

function job(mostPhones: number): MessageKind {
  return {
    name: 'ReportJob',
    title: 'A report is wanted',
    summary: 'UTF-8 JSON, with or without a content type. Members that are not known are ignored.',
    payload: {
      type: 'object',
      required: ['correlation_id', 'phones'],
      properties: {
        correlation_id: CORRELATION_ID,
        phones: { type: 'array', minItems: 1, maxItems: mostPhones, items: PHONE },
        from: TIME,
        to: TIME,
      },
    },
    headers: TRACED,
    examples: [{ correlation_id: 13242421424214, phones: [1, 2, 3] }],
  };
}

const READY: MessageKind = {
  name: 'ReportReady',
  title: 'A report is ready',
  summary: 'To the ready queue, and where `reply_to` asked for it.',
  headers: TRACED,
  payload: object(
    {
      ...ANSWER,
      status: { const: 'Complete' },
      data: { type: 'array', items: { $ref: '#/components/schemas/PhoneOut' } },
      not_found: {
        type: 'array',
        minItems: 1,
        items: PHONE,
        description: 'Phones that the data does not hold.',
      },
      skipped_records: { ...COUNT, description: 'Invalid records that were left out.' },
      total_duration: { type: 'number', minimum: 0, description: 'Seconds.' },
    },
    ['not_found', 'skipped_records'],
  ),
};

const FAILED: MessageKind = {
  name: 'ReportFailed',
  title: 'There will be no report',
  summary: 'The task failed or was cancelled, or the message was no valid job.',
  headers: TRACED,
  payload: object({ ...ANSWER, status: { const: 'Error' }, error: { type: 'string' } }),
};

function refused(queue: string): MessageKind {
  const TEXT = { type: 'string' };
  return {
    name: 'RefusedReportJob',
    title: 'A message that is no valid job',
    summary: `The bytes as they came in \`${queue}\`, and why they were refused.`,
    payload: { description: 'Anything at all.' },
    headers: {
      type: 'object',
      required: ['x-reason', 'x-detail', 'x-original-queue', 'x-first-at'],
      properties: {
        'x-reason': { ...TEXT, examples: ['invalid-json'] },
        'x-detail': TEXT,
        'x-original-queue': { const: queue },
        'x-first-at': { ...TEXT, format: 'date-time' },
      },
    },
  };
}

export interface ReportQueues {
  taskQueue: string;
  readyQueue: string;
  deadQueue: string;
  mostPhones: number;
}

/** The queues of reports. */
export function reportMessages({
  taskQueue,
  readyQueue,
  deadQueue,
  mostPhones,
}: ReportQueues): MessageCatalog {
  const kind = 'queue' as const;
  return {
    channels: [
      {
        id: 'task_report',
        address: taskQueue,
        kind,
        title: 'Report jobs',
        description: 'Also bound to `amq.direct` by its own name.',
        receives: [job(mostPhones)],
      },
      {
        id: 'ready_report',
        address: readyQueue,
        kind,
        title: 'Answers to report jobs',
        description: 'One for each job that came by queue, as it ends.',
        sends: [READY, FAILED],
      },
      {
        id: 'task_report.dead',
        address: deadQueue,
        kind,
        title: 'Refused report jobs',
        description:
          'What was no valid job, with the reason in its headers; it is also among the dead letters.',
        sends: [refused(taskQueue)],
      },
    ],
  };
}
