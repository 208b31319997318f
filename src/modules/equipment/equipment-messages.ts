import type {
  JsonSchema,
  MessageCatalog,
  MessageKind,
  TopicDescription,
} from '../../kernel/message-catalog.js';
import { FAILURE_REASONS } from './configurator/provisioning-answer.js';
import { EQUIPMENT_TOPIC } from './device-events.js';
import type { ExchangeNames } from './exchange-messages.js';

const TEXT = { type: 'string' };
const EQUIPMENT_ID = { ...TEXT, pattern: '^[a-zA-Z0-9]{6,}$' };
const TRACED = { type: 'object', properties: { traceparent: TEXT } };
const CODE = { enum: [200, 404, 500] };
const TASK = { $ref: '#/components/schemas/TaskOut' };

const PARAMETERS: JsonSchema = {
  type: 'object',
  required: ['username', 'password', 'interfaces'],
  properties: {
    username: { ...TEXT, minLength: 1, maxLength: 256 },
    password: { ...TEXT, minLength: 1, maxLength: 256 },
    vlan: { type: ['integer', 'null'], minimum: 1, maximum: 4094 },
    interfaces: { type: 'array', maxItems: 1000, items: { type: 'integer', minimum: 1 } },
  },
};

const TO_CONFIGURE: MessageKind = {
  name: 'ToConfigure',
  title: 'A device is to be configured',
  summary: 'One of a device at a time: the next is written when the one before has ended.',
  headers: TRACED,
  payload: {
    type: 'object',
    required: ['task_id', 'equipment_id', 'timeoutInSeconds', 'parameters'],
    properties: {
      task_id: { ...TEXT, minLength: 1, maxLength: 128 },
      equipment_id: EQUIPMENT_ID,
      timeoutInSeconds: { type: 'integer', minimum: 1, maximum: 900 },
      parameters: PARAMETERS,
      expires_at: {
        type: 'integer',
        minimum: 0,
        description: 'Epoch ms from which on it must not reach the device; absent where that is never.',
      },
    },
  },
  examples: [
    {
      task_id: '01a1ff51-5eb0-7026-abc4-01cb56227a81',
      equipment_id: 'cpe00017',
      timeoutInSeconds: 14,
      parameters: { username: 'admin', password: 'admin', vlan: 534, interfaces: [1, 2, 3, 4] },
    },
  ],
};

const CONFIGURED: MessageKind = {
  name: 'Configured',
  title: 'How that ended',
  summary: 'From any configurator. The task ends with it; one that has ended already keeps its ending.',
  headers: TRACED,
  payload: {
    type: 'object',
    required: ['task_id', 'equipment_id', 'code'],
    properties: {
      task_id: TEXT,
      equipment_id: TEXT,
      code: CODE,
      message: TEXT,
      reason: { enum: FAILURE_REASONS, description: 'What a 500 was, where that is known.' },
    },
  },
  examples: [
    {
      task_id: '01a1ff51-5eb0-7026-abc4-01cb56227a81',
      equipment_id: 'cpe00017',
      code: 200,
      message: 'Completed',
    },
  ],
};

const REFUSED: MessageKind = {
  name: 'RefusedConfigured',
  title: 'A message that tells of no task',
  summary: 'The bytes as they came, and why they were refused.',
  payload: { description: 'Anything at all.' },
  headers: {
    type: 'object',
    required: ['x-reason', 'x-detail', 'x-original-queue', 'x-first-at'],
    properties: {
      'x-reason': { ...TEXT, examples: ['unknown-task'] },
      'x-detail': TEXT,
      'x-original-queue': TEXT,
      'x-first-at': { ...TEXT, format: 'date-time' },
    },
  },
};

const ENDED: JsonSchema = {
  type: 'object',
  required: ['equipment_id', 'task_id', 'task_status', 'code', 'message', 'at'],
  additionalProperties: false,
  properties: {
    equipment_id: EQUIPMENT_ID,
    task_id: TEXT,
    task_status: { enum: ['completed', 'error', 'cancelled'] },
    code: CODE,
    message: TEXT,
    at: { ...TEXT, format: 'date-time' },
  },
};

const SNAPSHOT: JsonSchema = {
  type: 'object',
  required: ['equipment_id', 'tasks'],
  additionalProperties: false,
  properties: {
    equipment_id: EQUIPMENT_ID,
    tasks: { type: 'array', maxItems: 20, items: TASK, description: 'Newest first.' },
  },
};

/** The two queues of provisioning, and devices on the live channel. */
export function equipmentMessages(
  { exchange, configureQueue, configureKey, configuredQueue, configuredKey }: ExchangeNames,
  deadQueue: string,
  moreTopics: readonly TopicDescription[] = [],
): MessageCatalog {
  const kind = 'queue' as const;
  const bound = (key: string): string => `Bound to the direct exchange \`${exchange}\` by \`${key}\`.`;
  return {
    channels: [
      {
        ...{ id: 'to_configure', address: configureQueue, kind, title: 'Devices to be configured' },
        description: `${bound(configureKey)} Read by our own configurator, or by another in its place.`,
        sends: [TO_CONFIGURE],
      },
      {
        ...{ id: 'configured', address: configuredQueue, kind, title: 'What became of them' },
        description: `${bound(configuredKey)} Our own configurator tells of its work there too.`,
        receives: [CONFIGURED],
      },
      {
        ...{ id: 'configured.dead', address: deadQueue, kind, title: 'Refused words of configurators' },
        description: 'With the reason in the headers; they are also among the dead letters.',
        sends: [REFUSED],
      },
    ],
    topics: [
      {
        name: EQUIPMENT_TOPIC,
        summary: 'Devices',
        ofSubject: { key: 'equipment_id', snapshot: SNAPSHOT },
        events: [
          { type: 'equipment.configured', summary: 'A configuration ended well.', data: ENDED },
          {
            type: 'equipment.configuration-failed',
            summary: 'A configuration failed, was cancelled, expired or superseded.',
            data: ENDED,
          },
        ],
      },
      ...moreTopics,
    ],
  };
}
