import type { JsonSchema, MessageCatalog } from '../../kernel/message-catalog.js';
import { TASK_STATES } from './task.js';

const TIME = { type: 'string', format: 'date-time' } as const;
const TASK = { $ref: '#/components/schemas/Task' } as const;

const MEMBERS = {
  task_status: { enum: TASK_STATES },
  task_id: { type: 'string', format: 'uuid' },
  task_name: { type: 'string', description: 'What kind of work it is: `aggregate_calls` for a report.' },
  received: { ...TIME, description: 'When it was accepted.' },
  completed: { type: ['string', 'null'], format: 'date-time', description: 'When it ended.' },
  error_message: { type: ['string', 'null'] },
} as const;

const PROGRESS: JsonSchema = {
  type: 'object',
  description: 'In the unit of the work: bytes read, for a report.',
  required: ['done', 'total'],
  additionalProperties: false,
  properties: { done: { type: 'number', minimum: 0 }, total: { type: 'number', minimum: 0 } },
};

function object(properties: Readonly<Record<string, JsonSchema>>): JsonSchema {
  return { type: 'object', required: Object.keys(properties), additionalProperties: false, properties };
}

const COUNT = { type: 'integer', minimum: 0 };

/** The ledger on the live channel. */
export const taskMessages: MessageCatalog = {
  schemas: {
    Task: { ...object(MEMBERS), description: 'The task object that REST shows.' },
    RunningTask: { ...object({ ...MEMBERS, progress: PROGRESS }), description: 'A task, and how far it is.' },
    TasksSnapshot: object({
      counts: object(Object.fromEntries(TASK_STATES.map((state) => [state, COUNT]))),
      newest: { type: 'array', maxItems: 100, items: TASK, description: 'Newest first.' },
    }),
  },
  topics: [
    {
      name: 'tasks',
      summary: 'Tasks',
      snapshot: { $ref: '#/components/schemas/TasksSnapshot' },
      ofSubject: { key: 'task_id', snapshot: TASK },
      events: [
        { type: 'task.created', summary: 'It was accepted, and waits.', data: TASK },
        { type: 'task.started', summary: 'An attempt began; again on a retry.', data: TASK },
        {
          type: 'task.progress',
          summary: 'How far it is, at most every 250 ms, from the replica that runs it.',
          data: { $ref: '#/components/schemas/RunningTask' },
          isStored: false,
        },
        { type: 'task.retrying', summary: 'An attempt did not succeed; it waits for the next.', data: TASK },
        { type: 'task.completed', summary: 'It ended well.', data: TASK },
        { type: 'task.failed', summary: 'It ended in error.', data: TASK },
        { type: 'task.cancelled', summary: 'It was cancelled.', data: TASK },
      ],
    },
  ],
};
