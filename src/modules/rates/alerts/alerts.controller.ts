import type { Request as KoaRequest } from 'koa';
import {
  Body,
  Controller,
  Delete,
  Get,
  Path,
  Post,
  Queries,
  Request,
  Response,
  Route,
  Security,
  SuccessResponse,
  Tags,
} from '@tsoa/runtime';
import { invalidInput } from '../../../kernel/errors.js';
import { isUuid, type Uuid } from '../../../kernel/ids.js';
import { etagOf, requireMatch } from '../../../platform/http/etag.js';
import {
  DEFAULT_LIMIT,
  decodeCursor,
  encodeCursor,
  invalidCursor,
  linkToNext,
} from '../../../platform/http/paging.js';
import type { Problem } from '../../../platform/http/problem.js';
import { contextOf } from '../../../platform/http/request-context.js';
import { parsePair } from '../pair.js';
import type { Alert, AlertOp, AlertState } from './alert.js';
import { readChannels, readCondition } from './alert-request.js';
import { viewOf } from './alert-view.js';
import type { AlertOut } from './alert-view.js';
import type { AlertsApi } from './alerts-api.js';

export interface TelegramChannelIn {
  kind: 'telegram';
  /** The chat to tell, as Telegram knows it; a chat has learned its own from the bot that it writes to. */
  chat_id: number | string;
}

export interface PlainChannelIn {
  kind: 'webhook' | 'live';
}

export interface AlertIn {
  /**
   * In any case, or with CoinGecko's ids; one that is not followed yet is waited for.
   * @pattern ^[A-Za-z0-9][A-Za-z0-9._-]{0,62}-[A-Za-z0-9][A-Za-z0-9._]{0,31}$ must be a pair of currencies such as BTC-USDT
   */
  pair: string;
  op: AlertOp;
  /** A price, or for `change_pct` percent in either direction; above 0. Text keeps every digit. */
  value: number | string;
  /**
   * Seconds over which a change is looked at, 60 to 604800; for `change_pct` alone, where it is needed.
   * @isInt
   */
  window_s?: number;
  /**
   * Who is told; each kind once. Default: `live`. The event is on the live channel in any case, and webhooks get it where
   * their endpoint asks for it.
   * @minItems 1
   * @maxItems 3
   */
  channels?: ('webhook' | 'live' | TelegramChannelIn | PlainChannelIn)[];
}

export interface AlertListQuery {
  /**
   * How many at most; 100 where it is not given.
   * @isInt limit
   * @minimum 1
   * @maximum 1000
   */
  limit?: number;
  /** Where the page before ended. */
  cursor?: string;
  /** Of this pair, in any case. */
  pair?: string;
  state?: AlertState;
  /**
   * Of this Telegram chat.
   * @pattern ^-?[0-9]{1,16}$ must be the whole number by which Telegram knows the chat
   */
  chat_id?: string;
}

export interface AlertListOut {
  items: AlertOut[];
  next_cursor: string | null;
}

@Route('api/v1/alerts')
@Tags('rates')
@Response<Problem>(401, 'No valid token')
export class AlertsController extends Controller {
  constructor(
    private readonly alerts: AlertsApi,
    private readonly hasTelegram: boolean,
  ) {
    super();
  }

  /** Alerts, newest first. */
  @Get()
  @Security('token', ['viewer'])
  @SuccessResponse<{ Link?: string }>(200, 'A page')
  @Response<Problem>(422, 'A parameter is invalid or unknown')
  async list(@Request() request: KoaRequest, @Queries() query: AlertListQuery): Promise<AlertListOut> {
    const { limit = DEFAULT_LIMIT, cursor, pair, state, chat_id: chatId } = query;
    const filter = { pair: pair === undefined ? undefined : pairOf(pair), state, chatId };
    const before = cursor === undefined ? undefined : idOf(cursor);
    const page = await this.alerts.list(filter, limit + 1, before);
    const shown = page.slice(0, limit);
    const last = page.length > limit ? shown.at(-1) : undefined;
    const next = last ? encodeCursor([last.id]) : null;
    if (next !== null) this.setHeader('Link', linkToNext(request, next));
    return { items: shown.map(viewOf), next_cursor: next };
  }

  /** One alert. */
  @Get('{alert_id}')
  @Security('token', ['viewer'])
  @SuccessResponse<{ ETag: string }>(200, 'The alert')
  @Response(304, 'The caller has it already: If-None-Match names its ETag')
  @Response<Problem>(404, 'Alert not found')
  async get(@Path() alert_id: string): Promise<AlertOut> {
    return this.shown(await this.alerts.require(alert_id));
  }

  /**
   * Sets an alert. It fires at the first course of its pair for which the condition holds, the one known now included, and
   * then not again before the condition was clearly false.
   */
  @Post()
  @Security('token', ['operator'])
  @SuccessResponse<{ Location: string; ETag: string }>(201, 'Set')
  @Response<Problem>(409, 'There are as many alerts as there may be')
  @Response<Problem>(422, 'A field is invalid')
  async create(@Request() request: KoaRequest, @Body() body: AlertIn): Promise<AlertOut> {
    const { pair, op, window_s: windowS, channels = ['live'] } = body;
    const condition = readCondition({ pair, op, value: decimalText(request, body.value), windowS });
    const by = contextOf(request).principal.name;
    const alert = await this.alerts.create({
      condition,
      channels: readChannels(channels, this.hasTelegram),
      by,
    });
    this.setHeader('Location', `/api/v1/alerts/${alert.id}`);
    return this.shown(alert);
  }

  /** Removes an alert. */
  @Delete('{alert_id}')
  @Security('token', ['operator'])
  @SuccessResponse(204, 'Removed')
  @Response<Problem>(404, 'Alert not found')
  @Response<Problem>(412, 'The alert has changed since the ETag in If-Match')
  async remove(@Request() request: KoaRequest, @Path() alert_id: string): Promise<void> {
    await this.alerts.remove(alert_id, ({ version }) => requireMatch(request, etagOf(version)));
  }

  private shown(alert: Alert): AlertOut {
    this.setHeader('ETag', etagOf(alert.version));
    return viewOf(alert);
  }
}

/** A number as it stands in the body: parsing it would lose digits. */
function decimalText(request: KoaRequest, value: number | string): string {
  if (typeof value === 'string') return value;
  return contextOf(request).body?.token('value') ?? String(value);
}

function pairOf(text: string): string {
  const pair = parsePair(text);
  if (pair !== undefined) return pair;
  throw invalidInput([{ pointer: '/query/pair', detail: 'must be a pair of currencies such as BTC-USDT' }]);
}

function idOf(cursor: string): Uuid {
  const [id] = decodeCursor(cursor);
  if (typeof id === 'string' && isUuid(id)) return id;
  throw invalidCursor();
}
