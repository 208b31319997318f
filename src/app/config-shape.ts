import { availableParallelism } from 'node:os';
import { resolve } from 'node:path';
import type { ConfigValues } from './config-keys.js';

const MOST_THREADS = 64;
const MB = 1024 * 1024;

/** The values in the sections that are handed to the parts: paths absolute, times in milliseconds, sizes in bytes. */
export function shapeConfig(values: ConfigValues, cwd: string) {
  return { ...shapeProcess(values, cwd), ...shapeServers(values), ...shapeWork(values, cwd) };
}

function shapeProcess(values: ConfigValues, cwd: string) {
  return {
    http: {
      host: values.HOST,
      /** 0 = any free port. */
      port: values.PORT,
      bodyLimitBytes: values.HTTP_BODY_LIMIT_BYTES,
      requestTimeoutMs: values.HTTP_REQUEST_TIMEOUT_S * 1000,
      maxConnections: values.HTTP_MAX_CONNECTIONS,
    },
    tls: tlsOf(values, cwd),
    shutdown: { drainMs: values.SHUTDOWN_DRAIN_S * 1000 },
    access: { auth: values.AUTH, trustProxy: values.TRUST_PROXY ?? [] },
    log: { level: values.LOG_LEVEL, pretty: values.LOG_PRETTY },
    state: { dir: resolve(cwd, values.STATE_DIR) },
    /** `null`: one that is kept in the state folder. */
    seal: { keys: values.SEAL_KEYS },
    data: {
      file: resolve(cwd, values.DATA_FILE ?? 'data/data.json'),
      /** Only where DATA_FILE is not set: a sample may be written where the file is missing. */
      sampleIfMissing: values.DATA_FILE === null,
      invalidRecords: values.DATA_INVALID_RECORDS,
      settleMs: values.DATA_SETTLE_S * 1000,
    },
  };
}

function shapeServers(values: ConfigValues) {
  return {
    broker: {
      /** `null`: the embedded broker. */
      url: values.AMQP_URL,
      prefetch: values.AMQP_PREFETCH,
      confirmTimeoutMs: values.AMQP_CONFIRM_TIMEOUT_MS,
      connectWaitMs: values.AMQP_CONNECT_WAIT_S * 1000,
      /** Beside those of the broker's own reply queues. */
      replyToPrefixes: values.AMQP_REPLY_TO_PREFIXES ?? [],
      messageMaxBytes: values.MESSAGE_MAX_BYTES,
    },
    db: {
      /** `null`: SQLite in the state folder. */
      url: values.DATABASE_URL,
      poolSize: values.DATABASE_POOL_SIZE,
      statementTimeoutMs: values.DATABASE_STATEMENT_TIMEOUT_MS,
    },
    cache: {
      /** `null`: a file in the state folder. */
      url: values.CACHE_URL,
      ttlMs: values.CACHE_TTL_S * 1000,
      memoryBytes: values.CACHE_MEMORY_MB * MB,
      maxBytes: values.CACHE_MAX_MB * MB,
    },
  };
}

function shapeWork(values: ConfigValues, cwd: string) {
  return {
    reports: {
      maxPhones: values.REPORTS_MAX_PHONES,
      maxPeriods: values.REPORTS_MAX_PERIODS,
      concurrency: values.REPORTS_CONCURRENCY,
      taskQueue: values.QUEUE_TASK_REPORT,
      readyQueue: values.QUEUE_READY_REPORT,
      baseCurrency: values.REPORTS_BASE_CURRENCY,
    },
    rates: {
      enabled: values.RATES_ENABLED,
      binanceUrl: values.RATES_BINANCE_URL,
      coinGeckoUrl: values.RATES_COINGECKO_URL,
      coinGeckoApiKey: values.RATES_COINGECKO_API_KEY,
      coinGeckoPollMs: values.RATES_COINGECKO_POLL_S * 1000,
      usdtAsUsd: values.RATES_USDT_AS_USD,
      divergencePct: values.RATES_DIVERGENCE_PCT,
      maxPairs: values.RATES_MAX_PAIRS,
      historyKeepMs: values.RATES_HISTORY_DAYS * 86_400_000,
    },
    equipment: shapeEquipment(values, cwd),
    sensors: {
      queue: values.QUEUE_SENSOR_EVENTS,
      prefetch: values.SENSORS_PREFETCH,
      keepDays: values.SENSORS_KEEP_DAYS,
      remembered: values.SENSORS_REMEMBERED,
      checkCron: values.SENSORS_CHECK_CRON,
      importBytes: values.SENSORS_IMPORT_LIMIT_BYTES,
      idempotencyTtlMs: values.IDEMPOTENCY_TTL_H * 3_600_000,
    },
    live: {
      maxConnections: values.LIVE_MAX_CONNECTIONS,
      maxSubscriptions: values.LIVE_MAX_SUBSCRIPTIONS,
      allowedOrigins: values.LIVE_ALLOWED_ORIGINS ?? [],
    },
    webhooks: {
      allowedNetworks: values.WEBHOOKS_ALLOWED_NETWORKS ?? [],
      timeoutMs: values.WEBHOOKS_TIMEOUT_S * 1000,
      concurrency: values.WEBHOOKS_CONCURRENCY,
      mostInFlight: values.WEBHOOKS_IN_FLIGHT,
      mostEndpoints: values.WEBHOOKS_LIMIT,
      disableAfterMs: values.WEBHOOKS_DISABLE_AFTER_H * 3_600_000,
      keepMs: values.WEBHOOKS_KEEP_DAYS * 86_400_000,
    },
    alerts: {
      most: values.ALERTS_MAX,
      mostOfChat: values.ALERTS_PER_CHAT,
      hysteresisBp: values.ALERTS_HYSTERESIS_BP,
    },
    telegram: shapeTelegram(values),
    workers: {
      threads: values.WORKER_THREADS || Math.min(Math.max(availableParallelism(), 1), MOST_THREADS),
      queueLimit: values.WORKER_QUEUE_LIMIT,
    },
    tasks: {
      deadlineMs: values.TASK_DEADLINE_S * 1000,
      maxAttempts: values.TASK_MAX_ATTEMPTS,
      leaseMs: values.TASK_LEASE_S * 1000,
      retryBaseMs: values.TASK_RETRY_BASE_MS,
      retryMaxMs: values.TASK_RETRY_MAX_MS,
      waitingLimit: values.TASKS_WAITING_LIMIT,
      memoryBytes: values.TASKS_MEMORY_MB * MB,
      idempotencyTtlMs: values.IDEMPOTENCY_TTL_H * 3_600_000,
      keepMs: values.TASKS_KEEP_DAYS * 86_400_000,
      inboxKeepMs: values.INBOX_KEEP_DAYS * 86_400_000,
    },
  };
}

/** `null`: there is no bot. */
function shapeTelegram(values: ConfigValues) {
  const { TELEGRAM_BOT_TOKEN: token, TELEGRAM_WEBHOOK_URL: url, TELEGRAM_WEBHOOK_SECRET: secret } = values;
  if (token === null) return null;
  return {
    token,
    apiUrl: values.TELEGRAM_API_URL,
    /** `null`: long polling. */
    webhook: url !== null && secret !== null ? { url, secret } : null,
    pollS: values.TELEGRAM_POLL_S,
    timeoutMs: values.TELEGRAM_TIMEOUT_S * 1000,
  };
}

function shapeEquipment(values: ConfigValues, cwd: string) {
  return {
    provisioning: {
      /** `null`: a stand-in inside the process. */
      url: values.PROVISIONING_URL,
      caFile: values.PROVISIONING_CA && resolve(cwd, values.PROVISIONING_CA),
      concurrency: values.PROVISIONING_CONCURRENCY,
      marginMs: values.PROVISIONING_MARGIN_MS,
      standInMs: values.PROVISIONING_STAND_IN_MS,
    },
    configurator: values.EQUIPMENT_CONFIGURATOR,
    deadlineMs: values.EQUIPMENT_DEADLINE_S * 1000,
    exchange: {
      exchange: values.EXCHANGE_EQUIPMENT,
      configureQueue: values.QUEUE_TO_CONFIGURE,
      configuredQueue: values.QUEUE_CONFIGURED,
      configureKey: values.KEY_TO_CONFIGURE,
      configuredKey: values.KEY_CONFIGURED,
    },
  };
}

function tlsOf(values: ConfigValues, cwd: string): { certFile: string; keyFile: string } | null {
  const { TLS_CERT_FILE: cert, TLS_KEY_FILE: key } = values;
  return cert && key ? { certFile: resolve(cwd, cert), keyFile: resolve(cwd, key) } : null;
}
