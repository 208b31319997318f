import type { TopicDescription } from '../../../kernel/message-catalog.js';
import { BATCH_TOPIC } from './batch-events.js';

const BATCH = { $ref: '#/components/schemas/BatchOut' };

/** Batches on the live channel. */
export const batchTopicDescription: TopicDescription = {
  name: BATCH_TOPIC,
  summary: 'Batches of devices to be configured',
  snapshot: {
    type: 'object',
    required: ['items'],
    additionalProperties: false,
    properties: { items: { type: 'array', items: BATCH, description: 'The newest.' } },
  },
  ofSubject: { key: 'id', snapshot: BATCH },
  events: [
    { type: 'equipment.batch-started', summary: 'A batch was accepted.', data: BATCH },
    { type: 'equipment.batch-paused', summary: 'Nothing further of it is started.', data: BATCH },
    { type: 'equipment.batch-resumed', summary: 'It goes on.', data: BATCH },
    { type: 'equipment.batch-retried', summary: 'Its failed devices have their turn again.', data: BATCH },
    { type: 'equipment.batch-stopped', summary: 'Too many of its devices failed.', data: BATCH },
    { type: 'equipment.batch-completed', summary: 'All of its devices have ended.', data: BATCH },
    {
      type: 'equipment.batch-cancelled',
      summary: 'It was cancelled, and nothing of it is in work any more.',
      data: BATCH,
    },
    {
      type: 'equipment.batch-progress',
      summary: 'How far it is, at most once a second.',
      data: BATCH,
      isStored: false,
    },
  ],
};
