import { createClient } from '@keyv/redis';
import { messageOf } from '../../kernel/errors.js';
import { ok, warn } from './finding.js';
import type { Check } from './finding.js';

const CONNECT_TIMEOUT_MS = 3_000;

/** Redis is never needed: without it every look-up is a miss. So nothing here is a failure. */
export const checkCache: Check = {
  name: 'cache',
  async run({ config, signal }) {
    const { url } = config.cache;
    if (url === null) return [ok('cache', 'a file in STATE_DIR')];
    const client = createClient({
      url,
      socket: { connectTimeout: CONNECT_TIMEOUT_MS, reconnectStrategy: false },
    });
    client.on('error', () => undefined); // told by the call that it fails
    signal.addEventListener('abort', () => client.isOpen && client.destroy(), { once: true });
    try {
      await client.connect();
      const startedAt = performance.now();
      await client.ping();
      const tookMs = (performance.now() - startedAt).toFixed(1);
      const version =
        /^redis_version:(\S+)/m.exec(await client.info('server'))?.[1] ?? 'of an unknown version';
      return [ok('cache', `Redis ${version}, answers in ${tookMs} ms`)];
    } catch (error) {
      const found = `Redis at ${new URL(url).host} is not there for us: ${messageOf(error)}`;
      return [
        warn('cache', found, 'start it, or correct CACHE_URL; without it every report is computed anew'),
      ];
    }
  },
};
