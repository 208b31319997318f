import type { Clock } from '../../../kernel/clock.js';
import { AppError } from '../../../kernel/errors.js';
import type { EventLog } from '../../../kernel/event.js';
import { isUuid } from '../../../kernel/ids.js';
import { TxConflict } from '../../../kernel/tx.js';
import type { Transactions } from '../../../kernel/tx.js';
import type { Sight } from '../registry/clients-api.js';
import type { Alarm, AlarmFilter } from './alarm.js';
import type { AlarmsRepository } from './alarms.repository.js';
import { alarmEvent } from './watch-alarms.js';

export interface AlarmsApiDeps {
  db: Transactions;
  clock: Clock;
  events: EventLog;
  alarms: AlarmsRepository;
}

export type AlarmsApi = ReturnType<typeof createAlarmsApi>;

/** Alarms as people look at them. */
export function createAlarmsApi({ db, clock, events, alarms }: AlarmsApiDeps) {
  async function require(id: string, sight?: Sight): Promise<Alarm> {
    const alarm = isUuid(id) ? await alarms.get(id) : undefined;
    if (alarm && (sight === undefined || alarm.clientId === sight)) return alarm;
    throw new AppError('Alarm not found', { code: 'alarms.not-found', kind: 'not-found' });
  }

  /** Once; active or cleared. Rejects with `alarms.acknowledged` where it is already. */
  async function acknowledge(alarm: Alarm, by: string, note: string | null): Promise<Alarm> {
    if (alarm.acknowledgedAt !== null) throw acknowledgedBefore(alarm.acknowledgedBy ?? '');
    const now = clock.now();
    const acknowledged = { ...alarm, acknowledgedAt: now, acknowledgedBy: by, note };
    const tx = db.begin();
    alarms.acknowledge(tx, acknowledged);
    events.append(tx, alarmEvent('sensor.alarm-acknowledged', acknowledged, now));
    try {
      await db.commit(tx);
    } catch (error) {
      throw error instanceof TxConflict ? acknowledgedBefore('another call', error) : error;
    }
    return require(alarm.id);
  }

  return {
    require,
    acknowledge,
    list: (filter: AlarmFilter, before: string | undefined, limit: number): Promise<Alarm[]> =>
      alarms.list(filter, before, limit),
    countActive: () => alarms.countActive(),
  };
}

function acknowledgedBefore(by: string, cause?: unknown): AppError {
  const message = `The alarm was acknowledged already by ${by}`;
  return new AppError(message, { code: 'alarms.acknowledged', kind: 'conflict', cause });
}
