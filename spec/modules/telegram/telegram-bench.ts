import { AppError, invalidInput } from '../../../src/kernel/errors.js';
import { systemClock } from '../../../src/kernel/clock.js';
import type { Clock } from '../../../src/kernel/clock.js';
import {
  createTelegramModule,
  telegramMigrations,
} from '../../../src/modules/notifications/telegram/index.js';
import type {
  ChatAlert,
  CommandSources,
  OutgoingMessage,
  TelegramConfig,
  ToldCourse,
} from '../../../src/modules/notifications/telegram/index.js';
import type { MessagesTable } from '../../../src/modules/notifications/telegram/telegram.schema.js';
import type { Database } from '../../../src/platform/db/database.js';
import { BotApiServer } from '../../support/bot-api-server.js';
import type { BotApiOptions } from '../../support/bot-api-server.js';
import { DATABASES } from '../../support/databases.js';
import type { OpenedDatabase } from '../../support/databases.js';
import { ManualClock } from '../../support/manual-clock.js';
import { RecordingLog } from '../../support/recording-log.js';
import { waitFor } from '../../support/wait-for.js';

type Telegram = ReturnType<typeof createTelegramModule>;

export const MOST_ALERTS = 3;

/** The bot over a database and a Bot API of its own, telling of pairs and alerts that are kept in memory. */
export class TelegramBench {
  readonly log = new RecordingLog();
  readonly outcomes: string[] = [];
  readonly courses = new Map<string, ToldCourse>();
  readonly alerts = new Map<string, ChatAlert[]>();
  /** Called when a command asks for alerts. */
  onAlerts: () => void = () => undefined;
  readonly #made: Telegram[] = [];

  constructor(
    readonly db: Database,
    readonly api: BotApiServer,
    readonly clock: Clock,
  ) {
    this.course('BTC-USDT', '54000.000123');
    this.course('ETH-USDT', '3000.5');
  }

  course(direction: string, valueText: string, more: Partial<ToldCourse> = {}): void {
    const at = this.clock.now() - 3_000;
    this.courses.set(direction, { exchanger: 'binance', direction, valueText, at, stale: false, ...more });
  }

  make(config: Partial<TelegramConfig> = {}, db = this.db): Telegram {
    const telegram = createTelegramModule({
      ...{ db, clock: this.clock, log: this.log, sources: this.#sources() },
      random: () => 0.5,
      config: {
        ...{ token: this.api.token, apiUrl: this.api.url, webhook: null },
        ...{ pollS: 30, timeoutMs: 5_000, keepMs: 86_400_000 },
        ...config,
      },
      onOutcome: (outcome) => void this.outcomes.push(outcome),
      onCommand: () => undefined,
    });
    this.#made.push(telegram);
    return telegram;
  }

  async start(config: Partial<TelegramConfig> = {}, db = this.db): Promise<Telegram> {
    const telegram = this.make(config, db);
    await telegram.start();
    return telegram;
  }

  async send(telegram: Telegram, ...messages: OutgoingMessage[]): Promise<void> {
    const tx = this.db.begin();
    for (const message of messages) telegram.api.send(tx, message);
    await this.db.commit(tx);
  }

  rows(): Promise<Pick<MessagesTable, 'state' | 'text' | 'attempts' | 'error'>[]> {
    return this.db
      .schema<{ telegram_messages: MessagesTable }>()
      .selectFrom('telegram_messages')
      .select(['state', 'text', 'attempts', 'error'])
      .orderBy('id')
      .execute();
  }

  async stop(): Promise<void> {
    await Promise.all(this.#made.map((telegram) => telegram.stop()));
  }

  #sources(): CommandSources {
    return {
      pairs: () => [...this.courses.keys()],
      pairNamed: (text) =>
        [...this.courses.keys()].find((pair) => pair === text.toUpperCase().replace('/', '-')),
      course: (pair) => this.courses.get(pair),
      alerts: {
        most: MOST_ALERTS,
        add: async (_tx, chatId, condition) => {
          this.onAlerts();
          const own = this.alerts.get(chatId) ?? [];
          if (own.length === MOST_ALERTS) {
            throw new AppError('too many', { code: 'rates.too-many-alerts', kind: 'conflict' });
          }
          if (condition.windowS === 1) throw invalidInput([{ pointer: '/window_s', detail: 'is too short' }]);
          const alert = { ...condition, number: own.length + 1, hasFired: false };
          this.alerts.set(chatId, [...own, alert]);
          return alert;
        },
        list: async (chatId) => {
          this.onAlerts();
          return this.alerts.get(chatId) ?? [];
        },
        cancel: async (_tx, chatId, number) => {
          const own = this.alerts.get(chatId) ?? [];
          this.alerts.set(
            chatId,
            own.filter((alert) => alert.number !== number),
          );
          return own.find((alert) => alert.number === number);
        },
      },
    };
  }
}

/** Moves the time in small steps until `probe` is true. */
export function timeTo(
  bench: TelegramBench,
  what: string,
  probe: () => unknown,
  stepMs = 50,
): Promise<unknown> {
  return waitFor(what, async () => {
    if (await probe()) return true;
    advance(bench.clock, stepMs);
    return false;
  });
}

function advance(clock: Clock, ms: number): void {
  if (clock instanceof ManualClock) clock.advance(ms);
}

export interface BenchOptions extends BotApiOptions {
  clock?: () => Clock;
  only?: 'SQLite' | 'PostgreSQL';
}

/** The same specs on every database, each with a new one and a Bot API of its own. */
export function telegramOnEachDatabase(
  specs: (bench: () => TelegramBench, another: () => Promise<Database>) => void,
  options: BenchOptions = {},
): void {
  for (const kind of DATABASES.filter(({ name }) => options.only === undefined || name === options.only)) {
    describe(`on ${kind.name}`, () => {
      let opened: OpenedDatabase;
      let bench: TelegramBench;
      beforeEach(async () => {
        opened = await kind.open();
        await opened.db.migrate(telegramMigrations);
        const clock = options.clock?.() ?? systemClock;
        const api = await new BotApiServer({ now: () => clock.now(), ...options }).start();
        bench = new TelegramBench(opened.db, api, clock);
      });
      afterEach(async () => {
        await bench.stop();
        await bench.api.stop();
        await opened.close();
      });
      specs(
        () => bench,
        () => opened.another!(),
      );
    });
  }
}
