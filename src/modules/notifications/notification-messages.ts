import type { JsonSchema, MessageCatalog } from '../../kernel/message-catalog.js';

const DELIVERY = { $ref: '#/components/schemas/DeliveryOut' };
const WEBHOOK = { $ref: '#/components/schemas/WebhookOut' };

const newest = (items: JsonSchema): JsonSchema => ({
  type: 'object',
  required: ['items'],
  additionalProperties: false,
  properties: { items: { type: 'array', maxItems: 100, items, description: 'The newest 100.' } },
});

/** Webhooks and their deliveries on the live channel. */
export const notificationMessages: MessageCatalog = {
  topics: [
    {
      name: 'deliveries',
      summary: 'Deliveries to webhooks',
      snapshot: newest(DELIVERY),
      ofSubject: { key: 'id', snapshot: DELIVERY },
      events: [
        {
          type: 'delivery.delivered',
          summary: 'It was accepted; from the replica that sends.',
          data: DELIVERY,
          isStored: false,
        },
        {
          type: 'delivery.retrying',
          summary: 'An attempt failed, and there will be another; from the replica that sends.',
          data: DELIVERY,
          isStored: false,
        },
        { type: 'delivery.failed', summary: 'There will be no other attempt.', data: DELIVERY },
      ],
    },
    {
      name: 'webhooks',
      summary: 'Webhooks',
      snapshot: newest(WEBHOOK),
      ofSubject: { key: 'id', snapshot: WEBHOOK },
      events: [
        {
          type: 'webhook.disabled',
          summary: 'It answered 410, or has only failed for days: nothing more is sent there.',
          data: WEBHOOK,
        },
      ],
    },
  ],
};
