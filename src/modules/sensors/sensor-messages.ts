import type { JsonSchema, MessageCatalog, MessageKind } from '../../kernel/message-catalog.js';

export const STATUS_CHANGED = 'sensor.status-changed';

const SENSOR = { $ref: '#/components/schemas/SensorOut' };
const ALARM = { $ref: '#/components/schemas/AlarmOut' };
const TEXT = { type: 'string' };
const WORD = { ...TEXT, minLength: 1, maxLength: 64, description: 'A word, without spaces.' };
const TIME = { ...TEXT, format: 'date-time' };

const CHANGE: JsonSchema = {
  type: 'object',
  required: ['sensor_id', 'external_id', 'client_id', 'from', 'to', 'at'],
  additionalProperties: false,
  properties: {
    ...{ sensor_id: TEXT, external_id: TEXT, client_id: TEXT },
    from: { type: ['string', 'null'], description: 'Null for the first status of all.' },
    to: WORD,
    at: { ...TIME, description: 'As the sensor says.' },
  },
};

const EVENT: MessageKind = {
  name: 'SensorEvent',
  title: 'A sensor says how it is',
  summary: 'UTF-8 JSON, with or without a content type. Members that are not known are ignored.',
  payload: {
    type: 'object',
    required: ['sensor_id', 'status', 'at'],
    properties: {
      sensor_id: { ...TEXT, format: 'uuid' },
      status: WORD,
      at: { type: ['string', 'integer'], description: 'RFC 3339, or epoch ms; at most 5 minutes ahead.' },
      payload: { description: 'Any JSON, up to 16 KiB.' },
    },
  },
  examples: [
    { sensor_id: '01a1fe93-f250-7063-8245-068e34724e2e', status: 'open', at: '2026-11-21T09:00:00.000Z' },
  ],
};

function refused(queue: string): MessageKind {
  return {
    name: 'RefusedSensorEvent',
    title: 'A message that is no event of a sensor',
    summary: `The bytes as they came in \`${queue}\`, and why they were refused.`,
    payload: { description: 'Anything at all.' },
    headers: {
      type: 'object',
      required: ['x-reason', 'x-detail', 'x-original-queue', 'x-first-at'],
      properties: {
        'x-reason': { ...TEXT, examples: ['unknown-sensor', 'future-dated', 'invalid-event'] },
        'x-detail': TEXT,
        'x-original-queue': { const: queue },
        'x-first-at': TIME,
      },
    },
  };
}

/** The queue of events, and sensors on the live channel. */
export function sensorMessages(queue: string): MessageCatalog {
  return {
    channels: [
      {
        id: 'sensor_events',
        address: queue,
        kind: 'queue',
        title: 'What sensors say',
        description:
          'Each valid event is logged, and the same one again is not. The status of its sensor follows, unless a newer one is ' +
          `known. What is no event, of no sensor, or of the future goes to \`${queue}.dead\` with its reason.`,
        receives: [EVENT],
      },
      {
        id: 'sensor_events.dead',
        address: `${queue}.dead`,
        kind: 'queue',
        title: 'Refused events of sensors',
        description:
          'What could not be logged, with the reason in its headers; it is also among the dead letters.',
        sends: [refused(queue)],
      },
    ],
    topics: [
      {
        name: 'sensors',
        summary: 'Sensors',
        snapshot: {
          type: 'object',
          required: ['items'],
          additionalProperties: false,
          properties: { items: { type: 'array', maxItems: 100, items: SENSOR } },
        },
        ofSubject: { key: 'id', snapshot: SENSOR },
        events: [
          { type: STATUS_CHANGED, summary: 'Its status became another one.', data: CHANGE },
          { type: 'sensor.alarm-raised', summary: 'What an alarm rule waits for has come.', data: ALARM },
          { type: 'sensor.alarm-cleared', summary: 'It is so no longer.', data: ALARM },
          { type: 'sensor.alarm-acknowledged', summary: 'Somebody knows of it.', data: ALARM },
        ],
      },
    ],
  };
}
