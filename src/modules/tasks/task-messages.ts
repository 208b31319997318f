import type { JsonSchema, MessageCatalog } from '../../kernel/message-catalog.js';
import { TASK_STATES } from './task.js';

const TASK = { $ref: '#/components/schemas/TaskOut' };
const COUNT = { type: 'integer', minimum: 0 };
const AMOUNT = { type: 'number', minimum: 0 };

const PROGRESS: JsonSchema = {
  type: 'object',
  description: 'In the unit of the work: bytes read, for a report.',
  required: ['done', 'total'],
  additionalProperties: false,
  properties: { done: AMOUNT, total: AMOUNT },
};

/** `TaskOut` refuses other members, so it cannot be added to by `allOf`. */
const RUNNING_TASK: JsonSchema = {
  type: 'object',
  description: 'The task object, and how far it is.',
  required: ['task_id', 'task_status', 'progress'],
  properties: { task_id: { type: 'string' }, task_status: { enum: TASK_STATES }, progress: PROGRESS },
};

const SNAPSHOT: JsonSchema = {
  type: 'object',
  required: ['counts', 'newest'],
  additionalProperties: false,
  properties: {
    counts: {
      type: 'object',
      required: TASK_STATES,
      additionalProperties: false,
      properties: Object.fromEntries(TASK_STATES.map((state) => [state, COUNT])),
    },
    newest: { type: 'array', maxItems: 100, items: TASK, description: 'Newest first.' },
  },
};

/** The ledger on the live channel. */
export const taskMessages: MessageCatalog = {
  schemas: { RunningTask: RUNNING_TASK, TasksSnapshot: SNAPSHOT },
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
