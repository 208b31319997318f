import type { Request as KoaRequest } from 'koa';
import {
  Controller,
  Get,
  Path,
  Query,
  Request,
  Response,
  Route,
  Security,
  SuccessResponse,
  Tags,
} from '@tsoa/runtime';
import type { Clock } from '../../kernel/clock.js';
import { toRfc3339 } from '../../kernel/clock.js';
import { invalidInput } from '../../kernel/errors.js';
import { negotiate } from '../../platform/http/negotiation.js';
import { decodeCursor, encodeCursor, invalidCursor, linkToNext } from '../../platform/http/paging.js';
import type { Problem } from '../../platform/http/problem.js';
import { serialized } from '../../platform/http/serialized.js';
import { candleOut, candlesCsv, candlesNdjson } from './candle-view.js';
import { ageS, COURSES_TYPE } from './course-view.js';
import type { CoursesView, CourseViews } from './course-view.js';
import { canonicalDecimal } from './decimal.js';
import { parsePair } from './pair.js';
import type { HistoryInterval, RatesApi } from './rates-api.js';
import { INTERVAL_MS, pairNotFound } from './read-history.js';

export interface CourseOut {
  /** The pair: what one unit of its first currency costs in its second. */
  direction: string;
  /** As near as a number comes; `value_text` is exact. */
  value: number;
  /** Exact decimal. */
  value_text: string;
  exchanger: string;
  /** The source's time where it gives one, RFC 3339. */
  updated_at: string;
  /** Seconds since `updated_at`, at the moment of the answer. */
  age_s: number;
  /** True: no source lives, and this is the last rate that was known. */
  stale: boolean;
  /** What it is a price in, where that is not the pair's second currency: USDT standing for USD. */
  quoted_in?: string;
  /** There, and true, while another source that lives differs by more than is allowed. */
  diverged?: boolean;
}

export interface CoursesOut {
  /** The source of the first priority that lives; null where none does. */
  exchanger: string | null;
  courses: CourseOut[];
}

export interface CandleOut {
  /** Its begin, RFC 3339. */
  at: string;
  /** Exact decimals. */
  open: string;
  high: string;
  low: string;
  close: string;
  exchanger: string;
  /** What it is a price in, where that is not the pair's second currency. */
  quoted_in?: string;
}

export interface CandleListOut {
  /** Oldest first; times without a price have no candle. */
  items: CandleOut[];
  next_cursor: string | null;
}

export interface ConversionOut {
  from: string;
  to: string;
  /** Exact decimals. */
  amount: string;
  result: string;
  /** What one unit of `from` is in `to`. */
  rate: string;
  /** The pairs that were gone through. */
  path: string[];
  /** The oldest of their times, RFC 3339. */
  updated_at: string;
  /** Seconds since then. */
  age_s: number;
  /** True: no path of fresh courses alone leads there. */
  stale: boolean;
}

export interface RatesControllerDeps {
  clock: Clock;
  views: CourseViews;
  api: Pick<RatesApi, 'history' | 'convert'>;
}

const CANDLE_TYPES = ['application/json', 'text/csv', 'application/x-ndjson'] as const;

@Route('api/v1')
@Tags('exchange rates')
@Response<Problem>(401, 'No valid token')
export class RatesController extends Controller {
  constructor(private readonly deps: RatesControllerDeps) {
    super();
  }

  /**
   * The course of a pair from the best source that lives, from memory.
   * @param currency_pair like `BTC-USDT`, in any case; ids like `bitcoin-usd` are understood
   * @minLength currency_pair 1
   * @maxLength currency_pair 200
   */
  @Get('currency_pair')
  @Security('token', ['viewer'])
  @SuccessResponse<{ ETag: string }>(200, 'The course')
  @Response(304, 'The caller has it already: If-None-Match names its ETag')
  @Response<Problem>(404, 'Pair not found')
  @Response<Problem>(422, 'A parameter is invalid or unknown')
  async currencyPair(@Query() currency_pair: string): Promise<CoursesOut> {
    const pair = parsePair(currency_pair);
    const view = pair === undefined ? undefined : this.deps.views.one(pair);
    if (!view) throw pairNotFound();
    return this.shown(view);
  }

  /**
   * Courses, from memory: each pair from its best source, or those of one source.
   * @param exchanger the courses of this source alone
   * @maxLength exchanger 64
   * @param direction only this pair; may stand more than once
   * @maxItems direction 500
   */
  @Get('courses')
  @Security('token', ['viewer'])
  @SuccessResponse<{ ETag: string }>(200, 'The courses')
  @Response(304, 'The caller has them already: If-None-Match names their ETag')
  @Response<Problem>(422, 'A parameter is invalid or unknown')
  async courses(@Query() exchanger?: string, @Query() direction?: string[]): Promise<CoursesOut> {
    const named = direction?.filter((name) => name !== '') ?? [];
    if (!exchanger && named.length === 0) return this.shown(this.deps.views.all());
    const pairs = named.map(parsePair).filter((pair) => pair !== undefined);
    const filter = {
      ...(exchanger ? { exchanger: exchanger.toLowerCase() } : {}),
      ...(named.length === 0 ? {} : { pairs }),
    };
    return this.shown(this.deps.views.some(filter));
  }

  /**
   * Candles of a pair, oldest first; by `Accept` as JSON, CSV or NDJSON.
   * @param from of this time or later, RFC 3339; default as many as `limit` before `to`
   * @isDateTime from
   * @param to before this time, RFC 3339; default now
   * @isDateTime to
   * @param limit how many at most
   * @isInt limit
   * @minimum limit 1
   * @maximum limit 1000
   * @param cursor where the page before ended
   */
  @Get('rates/{pair}/history')
  @Security('token', ['viewer'])
  @SuccessResponse<{ Vary: string; Link?: string }>(200, 'Candles', [
    'application/json',
    'text/csv',
    'application/x-ndjson',
  ])
  @Response<Problem>(404, 'Pair not found')
  @Response<Problem>(406, 'The answer cannot be had in this form')
  @Response<Problem>(422, 'A parameter is invalid or unknown')
  async history(
    @Request() request: KoaRequest,
    @Path() pair: string,
    @Query() from?: Date,
    @Query() to?: Date,
    @Query() interval: HistoryInterval = '1m',
    @Query() limit = 100,
    @Query() cursor?: string,
  ): Promise<CandleListOut> {
    const type = negotiate(request, CANDLE_TYPES);
    const times = this.timesOf({ from, to, cursor }, limit * INTERVAL_MS[interval]);
    const found = await this.deps.api.history(pair, { ...times, interval, limit: limit + 1 });
    const items = found.slice(0, limit).map(candleOut);
    const next = found.length > limit ? encodeCursor([found[limit]!.at]) : null;
    if (next !== null) this.setHeader('Link', linkToNext(request, next));
    this.setHeader('Vary', 'Accept');
    return candlesAs(type, { items, next_cursor: next });
  }

  /**
   * An amount in another currency, by the shortest path of fresh courses there is, in exact decimals.
   * @param from a currency, by symbol or id in any case
   * @pattern from ^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$ must be a currency like BTC or bitcoin
   * @param to likewise
   * @pattern to ^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$ must be a currency like BTC or bitcoin
   * @param amount a decimal ≥ 0; default 1
   * @pattern amount ^[0-9]{1,20}([.][0-9]{1,30})?$ must be a decimal like 1.5
   */
  @Get('convert')
  @Security('token', ['viewer'])
  @Response<Problem>(404, 'Pair not found')
  @Response<Problem>(422, 'A parameter is invalid or unknown')
  async convert(@Query() from: string, @Query() to: string, @Query() amount = '1'): Promise<ConversionOut> {
    const conversion = this.deps.api.convert(from, to, canonicalDecimal(amount)!);
    if (!conversion) throw pairNotFound();
    const { updatedAt, path, ...others } = conversion;
    const age = ageS(updatedAt, this.deps.clock.now());
    const body = { ...others, path: [...path], updated_at: toRfc3339(updatedAt), age_s: age };
    return body;
  }

  private timesOf({ from, to, cursor }: Times, usualMs: number): { from: number; to: number } {
    const end = to?.getTime() ?? this.deps.clock.now();
    if (cursor !== undefined) return { from: timeIn(cursor), to: end };
    const begin = from?.getTime() ?? end - usualMs;
    if (begin < end) return { from: begin, to: end };
    throw invalidInput([{ pointer: '/query/to', detail: 'must be later than from' }]);
  }

  private shown({ body, etag }: CoursesView): CoursesOut {
    this.setHeader('ETag', etag);
    return serialized(COURSES_TYPE, body);
  }
}

interface Times {
  from: Date | undefined;
  to: Date | undefined;
  cursor: string | undefined;
}

function candlesAs(type: (typeof CANDLE_TYPES)[number], page: CandleListOut): CandleListOut {
  if (type === 'application/json') return page;
  return type === 'text/csv'
    ? serialized(`${type}; charset=utf-8; header=present`, candlesCsv(page.items))
    : serialized(type, candlesNdjson(page.items));
}

function timeIn(cursor: string): number {
  const [at] = decodeCursor(cursor);
  if (typeof at === 'number' && Number.isInteger(at) && at >= 0) return at;
  throw invalidCursor();
}
