import type { Schema } from '../support/open-api.js';
import type { RestClient } from '../support/rest-client.js';

/** A queue that others send jobs to, as its contract has it. */
export interface QueueContract {
  queue: string;
  /**
   * What becomes of messages that are no dead letters: tasks; nothing, as there are none; something that the service counts;
   * or another message under the same `task_id` in another queue, one for all that come while the first is in hand.
   */
  becomes: 'tasks' | 'nothing' | { counted: (rest: RestClient) => Promise<number> } | { toldIn: string };
  /** Messages may hold secrets: their dead letters stay in the service, sealed. */
  isSealed?: true;
  /** Two messages of one id are two. */
  keepsNoIds?: true;
  /** Where tasks are answered. */
  answers?: { queue: string; /** What each is. */ schema: Schema };
  /** What each job must be, more strictly than the service asks: jobs made from it are no dead letters, without exception. */
  job: Schema | ((rest: RestClient) => Promise<Schema>);
}

export const QUEUES: readonly QueueContract[] = [
  {
    queue: 'task_report',
    becomes: 'tasks',
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
    becomes: 'nothing',
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
  {
    queue: 'to_configure',
    isSealed: true,
    // Our own configurator tells how it went; as nobody asked for it, that is a dead letter.
    becomes: { toldIn: 'configured.dead' },
    job: {
      type: 'object',
      properties: {
        task_id: { type: 'string', pattern: '^[a-f0-9]{16,32}$' },
        equipment_id: { type: 'string', pattern: '^[a-zA-Z0-9]{6,20}$' },
        timeoutInSeconds: { type: 'integer', minimum: 1, maximum: 900 },
        parameters: {
          type: 'object',
          properties: {
            username: { type: 'string', pattern: '^[a-z]{1,40}$' },
            password: { type: 'string', minLength: 1, maxLength: 40 },
            vlan: { anyOf: [{ type: 'integer', minimum: 1, maximum: 4_094 }, { type: 'null' }] },
            interfaces: { type: 'array', items: { type: 'integer', minimum: 1 } },
          },
          required: ['username', 'password', 'interfaces'],
        },
      },
      required: ['task_id', 'equipment_id', 'timeoutInSeconds', 'parameters'],
    },
  },
  { queue: 'sensor_events', keepsNoIds: true, becomes: { counted: eventsTaken }, job: statusEvents },
];

const SENSORS = 5;
const TIMES = 300;
const MINUTE_MS = 60_000;

/** Events of sensors that are there, at times that are taken. */
async function statusEvents(rest: RestClient): Promise<Schema> {
  const client = (await rest.post('/api/v1/clients', { body: { name: 'Fuzz' } })).body as { id: string };
  const ids: string[] = [];
  for (let n = 0; n < SENSORS; n++) {
    const body = { client_id: client.id, external_id: `fuzz ${n}` };
    ids.push(((await rest.post('/api/v1/sensors', { body })).body as { id: string }).id);
  }
  const times = Array.from({ length: TIMES }, (_, n) => Date.now() - n * MINUTE_MS);
  const payload = { anyOf: [{ type: 'string' }, { type: 'integer' }, { type: 'boolean' }] };
  return {
    type: 'object',
    properties: {
      sensor_id: { enum: ids },
      status: { type: 'string', pattern: '^[a-z]{1,12}$' },
      at: { enum: times.map((at, n) => (n % 2 === 0 ? at : new Date(at).toISOString())) },
      payload,
    },
    required: ['sensor_id', 'status', 'at'],
  };
}

async function eventsTaken(rest: RestClient): Promise<number> {
  const { body } = await rest.get('/api/v1/sensors/accounting');
  const told = body as Record<'logged' | 'duplicate' | 'refused', number>;
  return told.logged + told.duplicate + told.refused;
}
