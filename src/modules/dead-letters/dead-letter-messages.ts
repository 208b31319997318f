import type { MessageCatalog } from '../../kernel/message-catalog.js';

const LETTER = { $ref: '#/components/schemas/DeadLetterView' };

/** Dead letters on the live channel. */
export const deadLetterMessages: MessageCatalog = {
  topics: [
    {
      name: 'dead-letters',
      summary: 'Dead letters',
      snapshot: {
        type: 'object',
        required: ['items'],
        additionalProperties: false,
        properties: { items: { type: 'array', items: LETTER, description: 'The newest that wait.' } },
      },
      ofSubject: { key: 'id', snapshot: LETTER },
      events: [
        {
          type: 'dead-letter.added',
          summary: 'Something was given up, and waits to be looked at.',
          data: LETTER,
        },
        { type: 'dead-letter.replayed', summary: 'It was sent or started once more.', data: LETTER },
        { type: 'dead-letter.discarded', summary: 'Nothing more will come of it.', data: LETTER },
      ],
    },
  ],
};
