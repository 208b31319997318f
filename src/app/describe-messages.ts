import { liveChannel } from '../modules/live/index.js';
import { buildAsyncApi, type AsyncApiDocument } from '../platform/http/async-api.js';
import type { Module } from './module.js';
import { packageVersion } from './package-root.js';

/** All messages of all modules, with the live channel put together from their topics. */
export function describeMessages(modules: readonly Pick<Module, 'messages'>[]): AsyncApiDocument {
  const catalogs = modules.flatMap(({ messages }) => messages ?? []);
  const topics = catalogs.flatMap((catalog) => catalog.topics ?? []);
  return buildAsyncApi(packageVersion(), [{ channels: [liveChannel(topics)] }, ...catalogs]);
}
