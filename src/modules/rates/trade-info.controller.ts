import type { Request as KoaRequest } from 'koa';
import {
  Body,
  Controller,
  Delete,
  Extension,
  Get,
  Patch,
  Path,
  Post,
  Query,
  Request,
  Response,
  Route,
  Security,
  SuccessResponse,
  Tags,
} from '@tsoa/runtime';
import { toRfc3339 } from '../../kernel/clock.js';
import { isUuid } from '../../kernel/ids.js';
import { etagOf, requireMatch } from '../../platform/http/etag.js';
import { decodeCursor, encodeCursor, invalidCursor, linkToNext } from '../../platform/http/paging.js';
import type { Problem } from '../../platform/http/problem.js';
import { contextOf } from '../../platform/http/request-context.js';
import type { ManageTradeInfo } from './manage-trade-info.js';
import type { NewTradeInfo, TradeInfo, TradeInfoFields } from './trade-info.js';

/**
 * The name of a coin or currency, as its exchanger knows it.
 * @minLength 1
 * @maxLength 64
 */
export type CurrencyName = string;

export interface TradeInfoIn {
  exchanger: 'binance' | 'coingecko';
  /** Where it is asked; the configured address of the exchanger where this is left out or null. */
  url?: string | null;
  /**
   * Binance: `BTC`; CoinGecko: `bitcoin`. Each is followed in each of the currencies.
   * @minItems 1
   * @maxItems 500
   */
  symbols: CurrencyName[];
  /**
   * @minItems 1
   * @maxItems 100
   */
  currencies: CurrencyName[];
  /**
   * Lower is asked first. Default 1 for binance, 2 for coingecko.
   * @isInt
   * @minimum 0
   * @maximum 1000000
   */
  priority?: number;
  /** Default true. */
  enabled?: boolean;
  /**
   * Seconds without a word of the source after which its price is stale. Default 5 for binance, 120 for coingecko.
   * @isInt
   * @minimum 1
   * @maximum 86400
   */
  stale_after_s?: number;
}

/** A JSON merge patch. */
export interface TradeInfoPatch {
  url?: string | null;
  /**
   * @minItems 1
   * @maxItems 500
   */
  symbols?: CurrencyName[];
  /**
   * @minItems 1
   * @maxItems 100
   */
  currencies?: CurrencyName[];
  /**
   * @isInt
   * @minimum 0
   * @maximum 1000000
   */
  priority?: number;
  enabled?: boolean;
  /**
   * @isInt
   * @minimum 1
   * @maximum 86400
   */
  stale_after_s?: number;
}

export interface TradeInfoOut {
  id: string;
  exchanger: string;
  /** Null: the configured address of the exchanger. */
  url: string | null;
  symbols: string[];
  currencies: string[];
  priority: number;
  enabled: boolean;
  stale_after_s: number;
  created_at: string;
  updated_at: string;
  /** The token that created it; `switchyard` for the rows of a first start. */
  created_by: string;
}

export interface TradeInfoListOut {
  items: TradeInfoOut[];
  next_cursor: string | null;
}

@Route('api/v1/trade_info')
@Tags('exchange rates')
@Response<Problem>(401, 'No valid token')
export class TradeInfoController extends Controller {
  constructor(private readonly rows: ManageTradeInfo) {
    super();
  }

  /**
   * What is followed, oldest row first.
   * @param limit how many at most
   * @isInt limit
   * @minimum limit 1
   * @maximum limit 1000
   * @param cursor where the page before ended
   */
  @Get()
  @Security('token', ['viewer'])
  @Response<Problem>(422, 'A parameter is invalid or unknown')
  async list(
    @Request() request: KoaRequest,
    @Query() limit = 100,
    @Query() cursor?: string,
    @Query() exchanger?: string,
    @Query() enabled?: boolean,
  ): Promise<TradeInfoListOut> {
    const filter = {
      ...(exchanger === undefined ? {} : { exchanger }),
      ...(enabled === undefined ? {} : { enabled }),
      ...(cursor === undefined ? {} : { after: idOf(cursor) }),
    };
    const page = await this.rows.list(filter, limit + 1);
    const shown = page.slice(0, limit);
    const next = page.length > limit ? encodeCursor([shown.at(-1)!.id]) : null;
    if (next !== null) this.setHeader('Link', linkToNext(request, next));
    return { items: shown.map(viewOf), next_cursor: next };
  }

  /** One row. */
  @Get('{id}')
  @Security('token', ['viewer'])
  @SuccessResponse<{ ETag: string }>(200, 'The row')
  @Response(304, 'The caller has it already: If-None-Match names its ETag')
  @Response<Problem>(404, 'Trade info not found')
  async get(@Path() id: string): Promise<TradeInfoOut> {
    return this.shown(await this.rows.require(id));
  }

  /** Follows more: what is new is asked for within 2 s, and nothing else is disturbed by it. */
  @Post()
  @Security('token', ['operator'])
  @SuccessResponse<{ Location: string; ETag: string }>(201, 'Created')
  @Response<Problem>(409, 'There are too many rows')
  @Response<Problem>(422, 'A field is invalid')
  @Extension('x-idempotency-key', true)
  async create(@Request() request: KoaRequest, @Body() body: TradeInfoIn): Promise<TradeInfoOut> {
    const { principal, idempotencyKey, body: raw } = contextOf(request);
    const scope = `${principal.name} POST /api/v1/trade_info`;
    const idempotency = idempotencyKey && raw ? { scope, key: idempotencyKey, body: raw.bytes } : undefined;
    const row = await this.rows.create(fieldsOf(body) as NewTradeInfo, principal.name, idempotency);
    this.setStatus(201);
    this.setHeader('Location', `/api/v1/trade_info/${row.id}`);
    return this.shown(row);
  }

  /** Changes a row, as a JSON merge patch. */
  @Patch('{id}')
  @Security('token', ['operator'])
  @SuccessResponse<{ ETag: string }>(200, 'Changed')
  @Response<Problem>(404, 'Trade info not found')
  @Response<Problem>(409, 'It was changed or removed at the same time')
  @Response<Problem>(412, 'The row has changed since the ETag in If-Match')
  @Response<Problem>(422, 'A field is invalid')
  async change(
    @Request() request: KoaRequest,
    @Path() id: string,
    @Body() body: TradeInfoPatch,
  ): Promise<TradeInfoOut> {
    const row = await this.rows.require(id);
    requireMatch(request, etagOf(row.version));
    return this.shown(await this.rows.change(row, fieldsOf(body)));
  }

  /** Follows it no longer; the history of its pairs stays. */
  @Delete('{id}')
  @Security('token', ['operator'])
  @SuccessResponse(204, 'Removed')
  @Response<Problem>(404, 'Trade info not found')
  @Response<Problem>(409, 'It was changed or removed at the same time')
  @Response<Problem>(412, 'The row has changed since the ETag in If-Match')
  async remove(@Request() request: KoaRequest, @Path() id: string): Promise<void> {
    const row = await this.rows.require(id);
    requireMatch(request, etagOf(row.version));
    await this.rows.remove(row);
  }

  private shown(row: TradeInfo): TradeInfoOut {
    this.setHeader('ETag', etagOf(row.version));
    return viewOf(row);
  }
}

function fieldsOf(body: TradeInfoPatch & { exchanger?: string }): Partial<TradeInfoFields> {
  const { stale_after_s: staleAfterS, ...others } = body;
  return { ...others, ...(staleAfterS === undefined ? {} : { staleAfterS }) };
}

function viewOf(row: TradeInfo): TradeInfoOut {
  return {
    id: row.id,
    exchanger: row.exchanger,
    url: row.url,
    symbols: [...row.symbols],
    currencies: [...row.currencies],
    priority: row.priority,
    enabled: row.enabled,
    stale_after_s: row.staleAfterS,
    created_at: toRfc3339(row.createdAt),
    updated_at: toRfc3339(row.updatedAt),
    created_by: row.createdBy,
  };
}

function idOf(cursor: string): string {
  const [id] = decodeCursor(cursor);
  if (typeof id === 'string' && isUuid(id)) return id;
  throw invalidCursor();
}
