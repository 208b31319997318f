import type { ConfigProblem } from './config-error.js';
import type { ConfigValues } from './config-keys.js';

/** What must hold between keys. Looks only at keys that are legal by themselves. */
export function checkTogether(values: Partial<ConfigValues>): ConfigProblem[] {
  return [
    ...checkTls(values),
    ...checkRetries(values),
    ...checkLease(values),
    ...checkQueues(values),
    ...checkRoutingKeys(values),
    ...checkKeeping(values),
    ...checkTelegram(values),
  ];
}

function checkTls({ TLS_CERT_FILE: cert, TLS_KEY_FILE: key }: Partial<ConfigValues>): ConfigProblem[] {
  if (cert === undefined || key === undefined || (cert === null) === (key === null)) return [];
  return cert === null
    ? [{ key: 'TLS_CERT_FILE', detail: 'is expected too, as TLS_KEY_FILE is set' }]
    : [{ key: 'TLS_KEY_FILE', detail: 'is expected too, as TLS_CERT_FILE is set' }];
}

function checkRetries(values: Partial<ConfigValues>): ConfigProblem[] {
  const { TASK_RETRY_BASE_MS: base, TASK_RETRY_MAX_MS: max } = values;
  if (base === undefined || max === undefined || max >= base) return [];
  return [{ key: 'TASK_RETRY_MAX_MS', detail: 'must not be below TASK_RETRY_BASE_MS' }];
}

function checkLease(values: Partial<ConfigValues>): ConfigProblem[] {
  const { TASK_LEASE_S: lease, TASK_DEADLINE_S: deadline } = values;
  if (lease === undefined || deadline === undefined || lease <= deadline) return [];
  return [{ key: 'TASK_LEASE_S', detail: 'must not be above TASK_DEADLINE_S' }];
}

const QUEUE_KEYS = [
  'QUEUE_TASK_REPORT',
  'QUEUE_READY_REPORT',
  'QUEUE_TO_CONFIGURE',
  'QUEUE_CONFIGURED',
] as const;

function checkQueues(values: Partial<ConfigValues>): ConfigProblem[] {
  return QUEUE_KEYS.flatMap((key, index) => {
    const same = QUEUE_KEYS.slice(0, index).find((other) => values[other] === values[key]);
    return values[key] !== undefined && same ? [{ key, detail: `must differ from ${same}` }] : [];
  });
}

function checkRoutingKeys({
  KEY_TO_CONFIGURE: out,
  KEY_CONFIGURED: back,
}: Partial<ConfigValues>): ConfigProblem[] {
  if (out === undefined || out !== back) return [];
  return [{ key: 'KEY_CONFIGURED', detail: 'must differ from KEY_TO_CONFIGURE' }];
}

function checkKeeping({
  IDEMPOTENCY_TTL_H: hours,
  TASKS_KEEP_DAYS: days,
}: Partial<ConfigValues>): ConfigProblem[] {
  if (hours === undefined || days === undefined || hours <= days * 24) return [];
  return [
    {
      key: 'IDEMPOTENCY_TTL_H',
      detail: 'must not be above TASKS_KEEP_DAYS, or a key would outlive its task',
    },
  ];
}

function checkTelegram(values: Partial<ConfigValues>): ConfigProblem[] {
  const { TELEGRAM_WEBHOOK_URL: url, TELEGRAM_WEBHOOK_SECRET: secret } = values;
  if (url === undefined || url === null || secret !== null) return [];
  return [{ key: 'TELEGRAM_WEBHOOK_SECRET', detail: 'is expected too, as TELEGRAM_WEBHOOK_URL is set' }];
}
