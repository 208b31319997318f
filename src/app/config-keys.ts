import {
  cron,
  host,
  networks,
  onOff,
  oneOf,
  optional,
  origins,
  path,
  prefixes,
  queueName,
  secretUrl,
  wholeNumber,
} from './config-rules.js';
import type { Rule } from './config-rules.js';

/** Every key with its rule. What each means, and its default, stands in `config.default.env`. */
export const CONFIG_KEYS = {
  HOST: host(),
  PORT: wholeNumber(0, 65_535),
  TLS_CERT_FILE: optional(path()),
  TLS_KEY_FILE: optional(path()),
  HTTP_BODY_LIMIT_BYTES: wholeNumber(1024, 67_108_864),
  HTTP_REQUEST_TIMEOUT_S: wholeNumber(1, 3600),
  HTTP_MAX_CONNECTIONS: wholeNumber(1, 1_000_000),
  SHUTDOWN_DRAIN_S: wholeNumber(0, 3600),
  AUTH: onOff(),
  TRUST_PROXY: optional(networks()),
  LOG_LEVEL: oneOf('debug', 'info', 'warn', 'error', 'fatal'),
  LOG_PRETTY: oneOf('auto', 'on', 'off'),
  STATE_DIR: path(),
  DATA_FILE: optional(path()),
  DATA_INVALID_RECORDS: oneOf('fail', 'skip'),
  DATA_SETTLE_S: wholeNumber(0, 3600),
  AMQP_URL: secretUrl('amqp', 'amqps'),
  AMQP_PREFETCH: wholeNumber(1, 65_535),
  AMQP_CONFIRM_TIMEOUT_MS: wholeNumber(100, 600_000),
  AMQP_CONNECT_WAIT_S: wholeNumber(0, 600),
  AMQP_REPLY_TO_PREFIXES: optional(prefixes()),
  QUEUE_TASK_REPORT: queueName(),
  QUEUE_READY_REPORT: queueName(),
  MESSAGE_MAX_BYTES: wholeNumber(1024, 67_108_864),
  DATABASE_URL: secretUrl('postgres', 'postgresql'),
  DATABASE_POOL_SIZE: wholeNumber(1, 200),
  DATABASE_STATEMENT_TIMEOUT_MS: wholeNumber(100, 3_600_000),
  CACHE_URL: secretUrl('redis', 'rediss'),
  CACHE_TTL_S: wholeNumber(1, 2_592_000),
  CACHE_MEMORY_MB: wholeNumber(1, 65_536),
  CACHE_MAX_MB: wholeNumber(1, 1_048_576),
  LIVE_MAX_CONNECTIONS: wholeNumber(1, 1_000_000),
  LIVE_MAX_SUBSCRIPTIONS: wholeNumber(1, 10_000),
  LIVE_ALLOWED_ORIGINS: optional(origins()),
  REPORTS_MAX_PHONES: wholeNumber(1, 100_000),
  REPORTS_MAX_PERIODS: wholeNumber(1, 10_000),
  REPORTS_CONCURRENCY: wholeNumber(1, 1024),
  QUEUE_SENSOR_EVENTS: queueName(),
  SENSORS_PREFETCH: wholeNumber(2, 20_000),
  SENSORS_KEEP_DAYS: wholeNumber(1, 400),
  SENSORS_REMEMBERED: wholeNumber(1_000, 10_000_000),
  SENSORS_CHECK_CRON: cron(),
  SENSORS_IMPORT_LIMIT_BYTES: wholeNumber(65_536, 1_073_741_824),
  WORKER_THREADS: wholeNumber(0, 64),
  WORKER_QUEUE_LIMIT: wholeNumber(1, 1_000_000),
  TASK_DEADLINE_S: wholeNumber(1, 86_400),
  TASK_MAX_ATTEMPTS: wholeNumber(1, 100),
  TASK_LEASE_S: wholeNumber(2, 3600),
  TASK_RETRY_BASE_MS: wholeNumber(1, 3_600_000),
  TASK_RETRY_MAX_MS: wholeNumber(1, 86_400_000),
  TASKS_WAITING_LIMIT: wholeNumber(1, 100_000_000),
  TASKS_MEMORY_MB: wholeNumber(1, 65_536),
  IDEMPOTENCY_TTL_H: wholeNumber(1, 720),
  INBOX_KEEP_DAYS: wholeNumber(1, 365),
  TASKS_KEEP_DAYS: wholeNumber(1, 3_650),
};

export type ConfigKey = keyof typeof CONFIG_KEYS;

export type ConfigValues = {
  [K in ConfigKey]: (typeof CONFIG_KEYS)[K] extends Rule<infer T> ? T : never;
};

export const CONFIG_KEY_NAMES = Object.keys(CONFIG_KEYS) as readonly ConfigKey[];

export function isConfigKey(name: string): name is ConfigKey {
  return Object.hasOwn(CONFIG_KEYS, name);
}
