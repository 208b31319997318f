import type { Schema } from '../support/open-api.js';

/** A queue that others send jobs to, as its contract has it. */
export interface QueueContract {
  queue: string;
  /** Where jobs are answered. */
  answers: string;
  /** What each job must be, more strictly than the service asks: jobs made from it are tasks without exception. */
  job: Schema;
  /** What each answer is. */
  answer: Schema;
}

export const QUEUES: readonly QueueContract[] = [
  {
    queue: 'task_report',
    answers: 'ready_report',
    job: {
      type: 'object',
      properties: {
        correlation_id: { anyOf: [{ type: 'integer' }, { type: 'string', format: 'uuid' }] },
        phones: { type: 'array', minItems: 1, items: { type: 'integer', minimum: 0 } },
      },
      required: ['correlation_id', 'phones'],
    },
    answer: {
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
];
