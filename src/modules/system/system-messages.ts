import type { MessageCatalog } from '../../kernel/message-catalog.js';

const OVERVIEW = { $ref: '#/components/schemas/OverviewOut' };

/** How the service is doing, on the live channel. */
export const systemMessages: MessageCatalog = {
  topics: [
    {
      name: 'system',
      summary: 'How the service is doing',
      snapshot: OVERVIEW,
      events: [
        {
          type: 'system.sampled',
          summary: 'How it is now, with the last two minutes, every 2 s while somebody looks.',
          data: OVERVIEW,
          isStored: false,
        },
      ],
    },
  ],
};
