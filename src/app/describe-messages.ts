import type { MessageCatalog } from '../kernel/message-catalog.js';
import { liveChannel } from '../modules/live/index.js';
import type { Module } from './module.js';

/** What all modules say of their messages, with the live channel put together from their topics. */
export function describeMessages(modules: readonly Pick<Module, 'messages'>[]): MessageCatalog[] {
  const catalogs = modules.flatMap(({ messages }) => messages ?? []);
  const topics = catalogs.flatMap((catalog) => catalog.topics ?? []);
  return [{ channels: [liveChannel(topics)] }, ...catalogs];
}
