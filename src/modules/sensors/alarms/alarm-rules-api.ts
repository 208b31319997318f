import type { Clock } from '../../../kernel/clock.js';
import type { EventLog } from '../../../kernel/event.js';
import { AppError, invalidInput } from '../../../kernel/errors.js';
import type { FieldError } from '../../../kernel/errors.js';
import { isUuid, newUuid } from '../../../kernel/ids.js';
import { TxConflict } from '../../../kernel/tx.js';
import type { Transactions, Tx } from '../../../kernel/tx.js';
import { isStatus } from '../intake/status-event.js';
import { changedMeanwhile } from '../registry/clients-api.js';
import type { ClientsApi } from '../registry/clients-api.js';
import type { SensorsApi } from '../registry/sensors-api.js';
import type { AlarmRule, Condition } from './alarm-rule.js';
import type { AlarmRulesRepository } from './alarm-rules.repository.js';

/** What a caller says of a rule. */
export interface RuleFields {
  name: string;
  severity: AlarmRule['severity'];
  condition: Condition['kind'];
  statuses: readonly string[] | null;
  changes: number | null;
  within_s: number | null;
  for_s: number;
  client_id: string | null;
  sensor_id: string | null;
  kind: string | null;
  enabled: boolean;
}

export interface AlarmRulesApiDeps {
  db: Transactions;
  clock: Clock;
  events: Pick<EventLog, 'settled'>;
  rules: AlarmRulesRepository;
  clients: Pick<ClientsApi, 'exists'>;
  sensors: Pick<SensorsApi, 'require'>;
  /** More cannot be made. */
  mostRules: number;
}

const RULE_CHANGED = 'alarm-rules.changed';

export type AlarmRulesApi = ReturnType<typeof createAlarmRulesApi>;

/** The rules that alarms are raised by. */
export function createAlarmRulesApi(deps: AlarmRulesApiDeps) {
  const { db, clock, events, rules } = deps;

  async function require(id: string): Promise<AlarmRule> {
    const rule = isUuid(id) ? await rules.get(id) : undefined;
    if (rule) return rule;
    throw new AppError('Alarm rule not found', { code: 'alarm-rules.not-found', kind: 'not-found' });
  }

  async function create(fields: RuleFields, createdBy: string): Promise<AlarmRule> {
    const read = await checked(deps, fields);
    if ((await rules.list(undefined, deps.mostRules)).length >= deps.mostRules) throw tooMany(deps.mostRules);
    const now = clock.now();
    const rule: AlarmRule = {
      ...{ ...read, id: newUuid(now), version: 1, revision: 1, ...(await fromNowOn()) },
      ...{ createdAt: now, createdBy },
    };
    const tx = db.begin();
    rules.insert(tx, rule);
    await db.commit(tx);
    return rule;
  }

  async function update(rule: AlarmRule, fields: RuleFields): Promise<AlarmRule> {
    const changed = { ...rule, ...(await checked(deps, fields)), version: rule.version + 1 };
    const isSame = essence(changed) === essence(rule);
    const next = isSame ? changed : { ...changed, revision: rule.revision + 1, ...(await fromNowOn()) };
    const tx = db.begin();
    rules.replace(tx, next);
    await commit(tx);
    return next;
  }

  /** How a revision begins: with all sensors still to be looked at, and the changes after this moment. */
  async function fromNowOn(): Promise<Pick<AlarmRule, 'scanAfter' | 'sincePosition'>> {
    return { scanAfter: '', sincePosition: await events.settled() };
  }

  async function remove(rule: AlarmRule): Promise<void> {
    const tx = db.begin();
    rules.remove(tx, rule, clock.now());
    await commit(tx);
  }

  async function commit(tx: Tx): Promise<void> {
    try {
      await db.commit(tx);
    } catch (error) {
      throw error instanceof TxConflict ? changedMeanwhile(RULE_CHANGED, error) : error;
    }
  }

  return {
    require,
    create,
    update,
    remove,
    list: (after: string | undefined, limit: number): Promise<AlarmRule[]> => rules.list(after, limit),
  };
}

type Read = Omit<
  AlarmRule,
  'id' | 'version' | 'revision' | 'scanAfter' | 'sincePosition' | 'createdAt' | 'createdBy'
>;

async function checked({ clients, sensors }: AlarmRulesApiDeps, fields: RuleFields): Promise<Read> {
  const errors = faultsOf(fields);
  const { client_id: clientId, sensor_id: sensorId } = fields;
  if (clientId !== null && !(await clients.exists(clientId))) {
    errors.push({ pointer: '/client_id', detail: 'must be the id of a client that there is' });
  }
  if (sensorId !== null && !(await sensors.require(sensorId).catch(() => undefined))) {
    errors.push({ pointer: '/sensor_id', detail: 'must be the id of a sensor that there is' });
  }
  if (errors.length > 0) throw invalidInput(errors);
  const { name, severity, kind, enabled } = fields;
  const condition = conditionOf(fields);
  return { ...{ name, severity, kind, enabled, clientId, sensorId }, condition, forMs: fields.for_s * 1_000 };
}

/** What belongs to one condition is asked of it, and of no other. */
function faultsOf({ condition, statuses, changes, within_s, for_s }: RuleFields): FieldError[] {
  const errors: FieldError[] = [];
  const belongs = (pointer: string, value: unknown, to: Condition['kind']): void => {
    if ((value !== null) === (condition === to)) return;
    const detail =
      value === null ? `is required where condition is ${to}` : `is only for the condition ${to}`;
    errors.push({ pointer, detail });
  };
  belongs('/statuses', statuses, 'status');
  belongs('/changes', changes, 'flapping');
  belongs('/within_s', within_s, 'flapping');
  statuses?.forEach((status, i) => {
    if (!isStatus(status))
      errors.push({ pointer: `/statuses/${i}`, detail: 'must be a word of 1 to 64 characters' });
  });
  if (condition === 'silent' && for_s === 0) {
    errors.push({ pointer: '/for_s', detail: 'must be at least 1 where condition is silent' });
  }
  if (condition === 'flapping' && for_s !== 0) {
    errors.push({ pointer: '/for_s', detail: 'is not for the condition flapping' });
  }
  return errors;
}

function conditionOf({ condition, statuses, changes, within_s }: RuleFields): Condition {
  if (condition === 'status') return { kind: condition, statuses: [...new Set(statuses ?? [])] };
  if (condition === 'silent') return { kind: condition };
  return { kind: condition, changes: changes ?? 0, withinMs: (within_s ?? 0) * 1_000 };
}

/** All that decides about alarms. */
function essence({ condition, forMs, severity, clientId, sensorId, kind, enabled }: AlarmRule): string {
  return JSON.stringify([condition, forMs, severity, clientId, sensorId, kind, enabled]);
}

function tooMany(most: number): AppError {
  return new AppError(`There are ${most} alarm rules already`, {
    code: 'alarm-rules.too-many',
    kind: 'conflict',
  });
}
