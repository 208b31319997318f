import type { JsonSchema, MessageCatalog } from '../../kernel/message-catalog.js';
import { COURSE_UPDATED } from './rates-topic.js';
import { SOURCE_DIVERGED, SOURCE_LOST, SOURCE_RECOVERED, SOURCE_SWITCHED } from './watch-sources.js';

const COURSE = { $ref: '#/components/schemas/CourseOut' };
const CHANGE = { $ref: '#/components/schemas/SourceChange' };

const SOURCE_CHANGE: JsonSchema = {
  type: 'object',
  required: ['pair', 'from', 'to', 'at', 'course'],
  additionalProperties: false,
  properties: {
    pair: { type: 'string', description: 'Like BTC-USDT.' },
    from: { type: 'string', description: 'The source that answered before.' },
    to: { type: ['string', 'null'], description: 'The source that answers now; null where none lives.' },
    at: { type: 'string', format: 'date-time' },
    course: COURSE,
  },
};

const RATE: JsonSchema = {
  type: 'object',
  required: ['exchanger', 'direction', 'value', 'at'],
  properties: {
    exchanger: { type: 'string', pattern: '^[a-z0-9][a-z0-9_-]{0,31}$' },
    direction: {
      type: 'string',
      description: 'The pair: so many of its second currency for one of its first.',
    },
    value: { type: ['string', 'number'], description: 'A decimal ≥ 0; as text every digit counts.' },
    at: { type: ['string', 'number'], description: 'RFC 3339, or epoch ms.' },
    by: { type: 'string', description: 'The replica whose feed sent it; other programs leave it out.' },
    kind: { enum: ['new', 'holds', 'again', 'lost'], description: 'From our own feeds alone.' },
  },
};

/** Exchange rates on the live channel and on the exchange of the broker. */
export const rateMessages: MessageCatalog = {
  schemas: {
    SourceChange: SOURCE_CHANGE,
    RatesSnapshot: {
      type: 'object',
      required: ['courses'],
      additionalProperties: false,
      properties: { courses: { type: 'array', maxItems: 1_000, items: COURSE } },
    },
  },
  channels: [
    {
      id: 'rates',
      address: 'rates',
      kind: 'exchange',
      title: 'Exchange rates',
      description:
        'Topic exchange, routing key `<exchanger>.<BASE-QUOTE>`. Every replica reads all of it by a queue of its own, ' +
        'and keeps nothing that it misses. Other programs may read it, and publish rates of their own into it.',
      receives: [{ name: 'Rate', title: 'A rate', summary: 'From another program.', payload: RATE }],
      sends: [
        {
          name: 'OwnRate',
          title: 'A rate of our feeds',
          summary: 'At most 5 a second for each pair of a source, the newest each time.',
          payload: RATE,
          examples: [
            {
              exchanger: 'binance',
              direction: 'BTC-USDT',
              value: '54000.000123',
              at: '2026-11-21T12:00:00.000Z',
              by: 'host-7-m2x',
            },
          ],
        },
      ],
    },
  ],
  topics: [
    {
      name: 'rates',
      summary: 'Exchange rates',
      snapshot: { $ref: '#/components/schemas/RatesSnapshot' },
      ofSubject: { key: 'pair', snapshot: { oneOf: [COURSE, { type: 'null' }] } },
      events: [
        {
          type: COURSE_UPDATED,
          summary: 'The course of a pair, at most 5 times a second.',
          data: COURSE,
          isStored: false,
        },
        {
          type: SOURCE_SWITCHED,
          summary: 'Another source that lives answers for the pair now.',
          data: CHANGE,
        },
        { type: SOURCE_LOST, summary: 'No source of the pair lives: its course is stale.', data: CHANGE },
        { type: SOURCE_RECOVERED, summary: 'A source of the pair lives again.', data: CHANGE },
        {
          type: SOURCE_DIVERGED,
          summary: 'Sources of the pair that live differ by more than is allowed.',
          data: CHANGE,
        },
      ],
    },
  ],
};
