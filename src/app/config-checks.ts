import type { ConfigProblem } from './config-error.js';
import type { ConfigValues } from './config-keys.js';

/** What must hold between keys. Looks only at keys that are legal by themselves. */
export function checkTogether(values: Partial<ConfigValues>): ConfigProblem[] {
  return [
    ...checkTls(values),
    ...checkRetries(values),
    ...checkLease(values),
    ...checkQueues(values),
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

function checkQueues(values: Partial<ConfigValues>): ConfigProblem[] {
  const { QUEUE_TASK_REPORT: task, QUEUE_READY_REPORT: ready } = values;
  if (task === undefined || task !== ready) return [];
  return [{ key: 'QUEUE_READY_REPORT', detail: 'must differ from QUEUE_TASK_REPORT' }];
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
