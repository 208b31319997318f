import type { Clock } from '../../kernel/clock.js';
import type { EventLog, NewEvent } from '../../kernel/event.js';
import type { Logger } from '../../kernel/logger.js';
import type { PartState } from '../../kernel/part-state.js';
import { periodically } from '../../kernel/periodic.js';
import type { Broker, Topology } from '../../platform/broker/index.js';
import type { Database, Leadership } from '../../platform/db/database.js';
import { createCandlesRepository } from './candles.repository.js';
import { CourseViews } from './course-view.js';
import { createCourses } from './courses.js';
import { createFlow } from './flow.js';
import { hotCourses } from './hot-courses.js';
import { createManageTradeInfo } from './manage-trade-info.js';
import { RATES_EXCHANGE } from './rate-message.js';
import type { RateMeter } from './rate-meter.js';
import { partState } from './rates-part.js';
import type { RatesApi } from './rates-api.js';
import { RatesController } from './rates.controller.js';
import { rateMessages } from './rates-messages.js';
import { courseEvent, createRatesTopic } from './rates-topic.js';
import { createReadHistory } from './read-history.js';
import { openBinance } from './sources/binance.js';
import { openCoinGecko } from './sources/coingecko.js';
import { createHttpGet } from './sources/http-get.client.js';
import type { HttpGet } from './sources/http-get.js';
import { createOpenSocket } from './sources/line-socket.client.js';
import type { OpenSource } from './sources/source.js';
import { trackedBy } from './trade-info.js';
import { TradeInfoController } from './trade-info.controller.js';
import { createTradeInfoRepository, ROWS_CHANNEL } from './trade-info.repository.js';
import { createWatchRows } from './watch-rows.js';
import { createWatchSources } from './watch-sources.js';

export { rateMigrations } from './rates.migrations.js';
export type { Course, CourseFilter } from './course.js';
export type { Candle, Conversion, HistoryInterval, HistoryQuery, RatesApi } from './rates-api.js';
export type { RateMeter } from './rate-meter.js';

export interface RatesConfig {
  /** Off: nothing is asked and nothing is read; what was stored can still be seen. */
  enabled: boolean;
  binanceUrl: string;
  coinGeckoUrl: string;
  /** Secret; null for the public plan. */
  coinGeckoApiKey: string | null;
  coinGeckoPollMs: number;
  usdtAsUsd: boolean;
  divergencePct: number;
  maxPairs: number;
  historyKeepMs: number;
  idempotencyTtlMs: number;
}

export interface RatesDeps {
  db: Database;
  clock: Clock;
  log: Logger;
  random: () => number;
  broker: Pick<Broker, 'kind' | 'tell'>;
  events: EventLog;
  live: { isWatched: (subject: string) => boolean; tell: (event: NewEvent) => void };
  meter: RateMeter;
  /** Names this replica. */
  owner: string;
  config: RatesConfig;
}

const STREAM = 'rates';
/** A few seconds of what 2,000 pairs say at most. */
const STREAM_LENGTH = 20_000;
const TOPOLOGY: Topology = {
  exchanges: [{ exchange: RATES_EXCHANGE, type: 'topic' }],
  queues: [],
  streams: [
    {
      stream: STREAM,
      bindings: [{ exchange: RATES_EXCHANGE, routingKey: '#' }],
      maxLength: STREAM_LENGTH,
    },
  ],
};
const MOST_ROWS = 1_000;
const FOREIGN_STALE_AFTER_MS = 60_000;
/** Over RabbitMQ; within the process each price goes its way. */
const SEND_EVERY_MS = 200;
const TRIM_EVERY_MS = 600_000;

export type RatesModule = ReturnType<typeof createRatesModule>;

/**
 * Exchange rates: fed by one replica from its sources, told to all by a topic exchange, kept in the memory of each, and
 * minute by minute in the database.
 */
export function createRatesModule(deps: RatesDeps) {
  const { db, clock, log, broker, events, live, meter, owner, config } = deps;
  const { usdtAsUsd, divergencePct, maxPairs } = config;
  const rows = createTradeInfoRepository(db);
  const candles = createCandlesRepository(db);
  const courses = createCourses({
    ...{ clock, usdtAsUsd, divergencePct },
    mostSeries: maxPairs,
    foreignStaleAfterMs: FOREIGN_STALE_AFTER_MS,
  });
  const { book } = courses;
  const views = new CourseViews(book, clock);
  const http = createHttpGet();
  const flow = createFlow({
    ...{ clock, log, meter, courses, owner },
    sources: sourcesOf(deps, http.get),
    tell: (news) => broker.tell(news),
    sendEveryMs: broker.kind === 'embedded' ? 0 : SEND_EVERY_MS,
    putMinutes: (minutes) => candles.put(minutes),
    duties: [
      createWatchSources({ db, clock, log, events, book, views }),
      periodically({ clock, log, everyMs: TRIM_EVERY_MS, what: 'trimming the history of rates' }, trim),
    ],
  });
  const watchRows = createWatchRows({
    ...{ db, clock, log, rows, channel: ROWS_CHANNEL, mostRows: MOST_ROWS },
    onRows(found) {
      const tracked = trackedBy(found, addressesIn(config), maxPairs);
      courses.track(tracked);
      flow.feeding.follow(tracked);
    },
  });
  let leadership: Leadership | undefined;

  async function trim(): Promise<void> {
    const now = clock.now();
    await candles.trim(now - config.historyKeepMs);
    await rows.trimKeys(now - config.idempotencyTtlMs);
  }

  const history = createReadHistory({
    ...{ candles, usdtAsUsd },
    priorityOf: (exchanger, pair) => book.priorityOf(exchanger, pair),
  });
  const { course, courses: list, pairs, onCourse, convert } = courses;
  const api: RatesApi = { course, courses: list, pairs, onCourse, convert, history };
  const { idempotencyTtlMs } = config;
  const manage = createManageTradeInfo({ db, clock, rows, mostRows: MOST_ROWS, idempotencyTtlMs });

  courses.onCourse(({ direction }) => {
    const standing = live.isWatched(`rates/${direction}`) ? book.standing(direction) : undefined;
    if (standing) live.tell(courseEvent(standing, views, clock.now()));
  });

  return {
    name: 'rates',
    api,
    controllers: [new RatesController({ clock, views, api }), new TradeInfoController(manage)],
    hotReads: hotCourses(views),
    topics: [createRatesTopic(book, views, clock)],
    messages: rateMessages,
    topology: TOPOLOGY,
    listeners: config.enabled ? [{ stream: STREAM, handler: flow.message }] : [],
    parts: (): Record<string, PartState> =>
      config.enabled ? { rates: partState(book, flow.feeding.states()) } : {},
    async start(): Promise<void> {
      if (!config.enabled) return;
      courses.start();
      await watchRows.start();
      leadership ??= db.lead('rates-feed', flow.feeding);
    },
    async stop(): Promise<void> {
      await watchRows.stop();
      await leadership?.stop();
      await flow.feeding.stop();
      courses.stop();
      await http.close();
    },
  };
}

function sourcesOf({ clock, random, config }: RatesDeps, get: HttpGet): OpenSource[] {
  const { coinGeckoApiKey: apiKey, coinGeckoPollMs: pollMs } = config;
  return [
    openBinance({ clock, random, open: createOpenSocket(clock) }),
    openCoinGecko({ clock, random, get, apiKey, pollMs }),
  ];
}

function addressesIn({ binanceUrl, coinGeckoUrl }: RatesConfig): (exchanger: string) => string {
  return (exchanger) => (exchanger === 'binance' ? binanceUrl : coinGeckoUrl);
}
