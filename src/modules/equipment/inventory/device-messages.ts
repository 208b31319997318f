import type { JsonSchema, TopicDescription } from '../../../kernel/message-catalog.js';
import { DEVICE_RESULTS } from './device.js';
import { DEVICE_TOPIC } from './see-device.js';

const RESULT: JsonSchema = {
  type: 'object',
  required: ['equipment_id', 'task_id', 'result', 'code', 'message', 'batch_id', 'at'],
  additionalProperties: false,
  properties: {
    equipment_id: { type: 'string' },
    task_id: { type: 'string', format: 'uuid' },
    result: { type: 'string', enum: [...DEVICE_RESULTS] },
    code: { type: 'integer', enum: [200, 404, 500] },
    message: { type: 'string' },
    batch_id: { type: ['string', 'null'], format: 'uuid' },
    at: { type: 'string', format: 'date-time' },
  },
};

/** Devices on the live channel. */
export const deviceTopicDescription: TopicDescription = {
  name: DEVICE_TOPIC,
  summary: 'What becomes of a device',
  ofSubject: { key: 'equipment_id', snapshot: { $ref: '#/components/schemas/DeviceOut' } },
  events: [
    { type: 'equipment.configured', summary: 'A task has configured the device.', data: RESULT },
    { type: 'equipment.not-configured', summary: 'A task has ended otherwise.', data: RESULT },
  ],
};
