import { join } from 'node:path';
import type { Clock } from '../kernel/clock.js';
import type { DeadLetterBox } from '../kernel/dead-letter.js';
import type { Logger } from '../kernel/logger.js';
import { createEmbeddedBroker, createRabbitBroker } from '../platform/broker/index.js';
import type { Broker } from '../platform/broker/index.js';
import type { Cache } from '../platform/cache/cache.js';
import { createRedisCache } from '../platform/cache/redis-cache.js';
import { createSqliteCache } from '../platform/cache/sqlite-cache.js';
import type { Database } from '../platform/db/database.js';
import { createPostgresDatabase } from '../platform/db/postgres-database.js';
import { createSqliteDatabase } from '../platform/db/sqlite-database.js';
import type { Config } from './config.js';

/** What every choice of an adapter needs. */
export interface PlatformDeps {
  config: Config;
  clock: Clock;
  log: Logger;
}

/** PostgreSQL where DATABASE_URL is set, else SQLite in the state folder. */
export function chooseDatabase(deps: PlatformDeps, exclusive = true): Database {
  const { config, clock, log } = deps;
  const { url, poolSize, statementTimeoutMs } = config.db;
  if (url !== null) return createPostgresDatabase({ url, clock, log, poolSize, statementTimeoutMs });
  return createSqliteDatabase({ file: join(config.state.dir, 'switchyard.db'), clock, log, exclusive });
}

/** RabbitMQ where AMQP_URL is set, else queues in the database. */
export function chooseBroker(deps: PlatformDeps & { db: Database; deadLetters: DeadLetterBox }): Broker {
  const { config, clock, log, db, deadLetters } = deps;
  const { url, confirmTimeoutMs } = config.broker;
  if (url !== null) return createRabbitBroker({ url, db, clock, log, deadLetters, confirmTimeoutMs });
  return createEmbeddedBroker({ db, clock, log, deadLetters });
}

/** Redis where CACHE_URL is set, else a file in the state folder. */
export function chooseCache({ config, clock, log }: PlatformDeps): Cache {
  const { url, maxBytes } = config.cache;
  if (url !== null) return createRedisCache({ url, clock, log });
  return createSqliteCache({ file: join(config.state.dir, 'cache.db'), clock, log, maxBytes });
}
