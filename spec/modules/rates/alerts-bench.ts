import { systemClock } from '../../../src/kernel/clock.js';
import { newUuid } from '../../../src/kernel/ids.js';
import type { StoredEvent } from '../../../src/kernel/event.js';
import type { Tx } from '../../../src/kernel/tx.js';
import { createAlertsModule, alertMigrations } from '../../../src/modules/rates/alerts/index.js';
import type { Alert, Channel, Condition, FiredNotice } from '../../../src/modules/rates/alerts/index.js';
import { readCondition } from '../../../src/modules/rates/alerts/alert-request.js';
import type { WantedCondition } from '../../../src/modules/rates/alerts/alert-request.js';
import { createAlertsRepository } from '../../../src/modules/rates/alerts/alerts.repository.js';
import { createCourses } from '../../../src/modules/rates/courses.js';
import type { Candle } from '../../../src/modules/rates/rates-api.js';
import type { Database } from '../../../src/platform/db/database.js';
import { eventMigrations } from '../../../src/platform/events/events.migrations.js';
import { createEventLog } from '../../../src/platform/events/sql-event-log.js';
import { DATABASES } from '../../support/databases.js';
import type { OpenedDatabase } from '../../support/databases.js';
import { ManualClock } from '../../support/manual-clock.js';
import { silentLog as log } from '../../support/silent-log.js';
import { waitFor } from '../../support/wait-for.js';

type Alerts = ReturnType<typeof createAlertsModule>;

export const MOST = 30;
export const MOST_OF_CHAT = 3;

/** Alerts over a database and courses in memory, which a spec gives. */
export class AlertsBench {
  readonly clock = new ManualClock();
  readonly courses = createCourses({
    clock: this.clock,
    ...{ usdtAsUsd: true, divergencePct: 5, mostSeries: 100, foreignStaleAfterMs: 86_400_000 },
  });
  readonly events;
  /** What chats were told; only what was committed counts. */
  readonly notices: FiredNotice[] = [];
  /** Called for each alert with a chat when it begins to turn to fired. */
  onTurning: () => void = () => undefined;
  candles: Candle[] = [];
  fired = 0;
  readonly #made: Alerts[] = [];

  constructor(readonly db: Database) {
    // Numbering goes on in real time, whatever the clock of the spec says.
    this.events = createEventLog({ db, clock: systemClock, log });
  }

  make(db = this.db): Alerts {
    const alerts = createAlertsModule({
      ...{ db, clock: this.clock, log, events: this.events },
      rates: { ...this.courses, history: async () => this.candles },
      config: { most: MOST, mostOfChat: MOST_OF_CHAT, hysteresisBp: 100 },
      tellChat: async (notice) => {
        this.onTurning();
        return (tx: Tx) => {
          db.beforeCommit(tx, () => (committed) => {
            if (committed) this.notices.push(notice);
          });
        };
      },
      onFired: () => this.fired++,
    });
    this.#made.push(alerts);
    return alerts;
  }

  async start(db = this.db): Promise<Alerts> {
    const alerts = this.make(db);
    await alerts.start();
    return alerts;
  }

  /** A course as a source gives it, a second after the last one. */
  course(valueText: string, pair = 'BTC-USDT'): void {
    this.clock.advance(1_000);
    this.courses.take({ kind: 'new', exchanger: 'binance', pair, valueText, at: this.clock.now() }, false);
  }

  set(api: Alerts['api'], wanted: Partial<WantedCondition>, ...channels: Channel[]): Promise<Alert> {
    const condition = readCondition({ pair: 'BTC-USDT', op: 'above', value: '100', ...wanted });
    return api.create({ condition, channels, by: 'spec' });
  }

  /** Stores as many alerts of one chat as are wanted, past what the module would allow. */
  async store(count: number, conditionOf: (index: number) => Condition): Promise<void> {
    const repository = createAlertsRepository(this.db);
    for (let begin = 0; begin < count; begin += 500) {
      const tx = this.db.begin();
      for (let index = begin; index < Math.min(begin + 500, count); index++) {
        repository.add(tx, {
          ...conditionOf(index),
          ...{ id: newUuid(this.clock.now()), channels: [{ kind: 'telegram', chatId: '7' }], number: index },
          ...{ state: 'armed', firedAt: null, firedValue: null, firedCount: 0 },
          ...{ createdAt: this.clock.now(), createdBy: 'spec', version: 1 },
        });
      }
      await this.db.commit(tx);
    }
  }

  /** The types of an alert's events, once there are `count`. */
  async told(id: string, count: number): Promise<string[]> {
    const own = await this.eventsOf(id, count);
    return own.map(({ type }) => type.replace('rates.alert-', ''));
  }

  eventsOf(id: string, count: number): Promise<StoredEvent[]> {
    return waitFor(`${count} events of the alert`, async () => {
      this.clock.advance(20);
      const own = (await this.events.read(0, 1_000)).filter(({ subject }) => subject === `rate-alerts/${id}`);
      return own.length >= count && own;
    });
  }

  watching(alerts: Alerts, count: number): Promise<unknown> {
    return waitFor(`${count} alerts to be watched`, () => alerts.watched() === count);
  }

  async stop(): Promise<void> {
    await Promise.all(this.#made.map((alerts) => alerts.stop()));
    this.courses.stop();
    await this.events.stop();
  }
}

/** The same specs on every database, each with a new one. */
export function alertsOnEachDatabase(
  specs: (bench: () => AlertsBench, another: () => Promise<Database>) => void,
  only?: 'PostgreSQL',
): void {
  for (const kind of DATABASES.filter(({ name }) => only === undefined || name === only)) {
    describe(`on ${kind.name}`, () => {
      let opened: OpenedDatabase;
      let bench: AlertsBench;
      beforeEach(async () => {
        opened = await kind.open();
        await opened.db.migrate([...eventMigrations, ...alertMigrations]);
        bench = new AlertsBench(opened.db);
        await bench.events.start();
      });
      afterEach(async () => {
        await bench.stop();
        await opened.close();
      });
      specs(
        () => bench,
        () => opened.another!(),
      );
    });
  }
}
