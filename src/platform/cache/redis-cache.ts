import KeyvRedis, { createClient } from '@keyv/redis';
import { Keyv } from 'keyv';
import type { Clock } from '../../kernel/clock.js';
import type { Logger } from '../../kernel/logger.js';
import type { Cache } from './cache.js';
import { GuardedCalls } from './guarded-calls.js';
import { KEYV_OPTIONS, KeyvCache } from './keyv-cache.js';

export interface RedisCacheOptions {
  /** `redis[s]://[[user]:password@]host[:port][/db]`; never logged. */
  url: string;
  clock: Clock;
  log: Logger;
  /** How long `start` waits for the server, which may come later. Default 2,000. */
  connectTimeoutMs?: number;
  /** Default 1,000. */
  commandTimeoutMs?: number;
}

const [FIRST_PAUSE_MS, LONGEST_PAUSE_MS] = [100, 3_000];
const MOST_COMMANDS = 10_000;

/** A cache in Redis. Without the server every look-up is a miss at once, and it is looked for again for ever. */
export function createRedisCache(options: RedisCacheOptions): Cache {
  const calls = new GuardedCalls(options.clock, options.log, options.commandTimeoutMs ?? 1_000);
  const client = clientOf(options);
  client.on('error', (error: unknown) => calls.failed(error));
  client.on('ready', () => calls.succeeded());
  const keyv = new Keyv({ store: new KeyvRedis(client, { throwOnErrors: true }), ...KEYV_OPTIONS });
  keyv.on('error', (error: unknown) => calls.failed(error));
  const life = {
    expires: true,
    open: () => connect(client, options),
    async close() {
      if (client.isOpen) client.destroy();
    },
  };
  return new KeyvCache(() => keyv, life, options.clock, calls);
}

type Client = ReturnType<typeof clientOf>;

// Its type is the client's with all options inferred, too long to be written down.
function clientOf({ url, connectTimeoutMs = 2_000 }: RedisCacheOptions) {
  return createClient({
    url,
    disableOfflineQueue: true,
    commandsQueueMaxLength: MOST_COMMANDS,
    socket: { connectTimeout: connectTimeoutMs, reconnectStrategy: (attempts) => pauseBefore(attempts) },
  });
}

function pauseBefore(attempts: number, random = Math.random): number {
  const pauseMs = Math.min(FIRST_PAUSE_MS * 2 ** attempts, LONGEST_PAUSE_MS);
  return pauseMs * (0.75 + random() / 2);
}

/** Resolves when the server is there or has had its time; the client goes on trying. */
async function connect(
  client: Client,
  { clock, connectTimeoutMs = 2_000 }: RedisCacheOptions,
): Promise<void> {
  const connected = client.connect();
  connected.catch(() => undefined);
  await new Promise<void>((resolve, reject) => {
    const timer = clock.after(connectTimeoutMs, () => reject(new Error('the server did not answer yet')));
    connected.then(() => resolve(), reject).finally(() => timer.cancel());
  });
}
