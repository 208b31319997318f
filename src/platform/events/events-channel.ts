/** The channel that is nudged when events were committed. */
export const EVENTS_CHANNEL = 'events';
