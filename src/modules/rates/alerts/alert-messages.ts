import type { MessageCatalog } from '../../../kernel/message-catalog.js';

const ALERT = { $ref: '#/components/schemas/AlertOut' };
const FIRED = {
  allOf: [
    ALERT,
    {
      type: 'object',
      required: ['at', 'course_value', 'exchanger', 'change_pct'],
      properties: {
        at: { type: 'string', format: 'date-time' },
        course_value: { type: 'string', description: 'Exact decimal.' },
        exchanger: { type: 'string', description: 'The source of the course.' },
        change_pct: {
          type: ['string', 'null'],
          description: 'Percent with its sign; null but for change_pct.',
        },
      },
    },
  ],
};

/** Alerts on the live channel. */
export const alertMessages: MessageCatalog = {
  topics: [
    {
      name: 'rate-alerts',
      summary: 'Alerts on exchange rates',
      snapshot: {
        type: 'object',
        required: ['items'],
        additionalProperties: false,
        properties: { items: { type: 'array', items: ALERT, description: 'The newest.' } },
      },
      ofSubject: { key: 'id', snapshot: ALERT },
      events: [
        { type: 'rates.alert-created', summary: 'Somebody waits for a course.', data: ALERT },
        { type: 'rates.alert-fired', summary: 'Its condition came true.', data: FIRED },
        { type: 'rates.alert-rearmed', summary: 'Its condition is clearly false again.', data: ALERT },
        { type: 'rates.alert-removed', summary: 'Nobody waits for it any more.', data: ALERT },
      ],
    },
  ],
};
