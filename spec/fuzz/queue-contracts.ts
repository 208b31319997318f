import type { Schema } from '../support/open-api.js';

/** A queue that others send jobs to, as its contract has it. */
export interface QueueContract {
  queue: string;
  /** Where jobs are answered; absent where messages make no tasks: they are all dead letters. */
  answers?: { queue: string; /** What each is. */ schema: Schema };
  /** What each job must be, more strictly than the service asks: jobs made from it are tasks without exception. */
  job: Schema;
}

export const QUEUES: readonly QueueContract[] = [
  {
    queue: 'task_report',
    answers: {
      queue: 'ready_report',
      schema: {
        type: 'object',
        properties: {
          correlation_id: { type: ['string', 'number'] },
          status: { enum: ['Complete', 'Error'] },
          from: { const: 'report_service' },
          to: { const: 'client' },
        },
        required: ['correlation_id', 'status', 'task_received', 'from', 'to'],
      },
    },
    job: {
      type: 'object',
      properties: {
        correlation_id: { anyOf: [{ type: 'integer' }, { type: 'string', format: 'uuid' }] },
        phones: { type: 'array', minItems: 1, items: { type: 'integer', minimum: 0 } },
      },
      required: ['correlation_id', 'phones'],
    },
  },
  {
    // Of tasks that nobody asked for.
    queue: 'configured',
    job: {
      type: 'object',
      properties: {
        task_id: { type: 'string', format: 'uuid' },
        equipment_id: { type: 'string', pattern: '^[a-zA-Z0-9]{6,20}$' },
        code: { enum: [200, 404, 500] },
        message: { type: 'string' },
      },
      required: ['task_id', 'equipment_id', 'code'],
    },
  },
];
