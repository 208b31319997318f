import type { Request as KoaRequest } from 'koa';
import {
  Body,
  Controller,
  Extension,
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
import type { Clock } from '../../../kernel/clock.js';
import { invalidInput } from '../../../kernel/errors.js';
import { isUuid } from '../../../kernel/ids.js';
import { acceptsCsv } from '../../../platform/http/negotiation.js';
import type { OwnBodies } from '../../../platform/http/own-body.js';
import {
  decodeCursor,
  DEFAULT_LIMIT,
  encodeCursor,
  invalidCursor,
  linkToNext,
} from '../../../platform/http/paging.js';
import type { Problem } from '../../../platform/http/problem.js';
import { contextOf } from '../../../platform/http/request-context.js';
import { serialized } from '../../../platform/http/serialized.js';
import { storableText } from '../configure-task.js';
import type { Batch, BatchState, ItemState } from './batch.js';
import type { BatchAct } from './batch-course.js';
import { viewOfBatch, viewOfItem } from './batch-view.js';
import type { BatchItemOut, BatchOut } from './batch-view.js';
import type { BatchesApi } from './batches-api.js';
import type { BatchIn, BatchQuery } from './batch-in.js';
import { readBatchCsv } from './read-batch-csv.js';
import { readBatchJson } from './read-batch-json.js';

export interface BatchListQuery extends PageQuery {
  state?: BatchState;
}

export interface BatchItemsQuery extends PageQuery {
  state?: ItemState;
}

interface PageQuery {
  /**
   * How many at most; 100 where it is not given.
   * @isInt limit
   * @minimum 1
   * @maximum 1000
   */
  limit?: number;
  /** Where the page before ended. */
  cursor?: string;
}

export interface BatchListOut {
  items: BatchOut[];
  next_cursor: string | null;
}

export interface BatchItemsOut {
  items: BatchItemOut[];
  next_cursor: string | null;
}

export interface BatchResultOut {
  /** All devices, in the order in which they came. */
  items: BatchItemOut[];
}

export interface BatchActIn {
  /**
   * For those who wonder.
   * @minLength 1
   * @maxLength 500
   */
  reason?: string;
}

const JSON_TYPE = 'application/json; charset=utf-8';
const CSV_TYPE = 'text/csv; charset=utf-8; header=present';
const BODY_TYPES = ['application/json', 'text/csv'];
const BODY_BYTES = 8 * 1_048_576;

@Route('api/v1/equipment/batches')
@Tags('equipment')
@Response<Problem>(401, 'No valid token')
export class BatchesController extends Controller {
  static readonly ownBodies: OwnBodies = { create: { types: BODY_TYPES, limitBytes: BODY_BYTES } };

  constructor(
    private readonly batches: BatchesApi,
    private readonly clock: Clock,
  ) {
    super();
  }

  /**
   * Configures up to 10,000 devices. The batch is judged whole: where anything is wrong, nothing is started. Accepted is durable.
   * `text/csv`: a header (`id`, then any of `username`, `password`, `vlan`, `interfaces`), a device a line; an empty cell takes the
   * value of the row whose id is `*`; the options are query parameters, which are for CSV alone.
   */
  @Post()
  @Extension('x-idempotency-key', true)
  @Extension('x-body-types', ['text/csv'])
  @Security('token', ['operator'])
  @SuccessResponse<{ Location: string }>(202, 'Accepted')
  @Response<Problem>(413, 'The body is larger than 8 MiB, or holds more than 10,000 devices')
  @Response<Problem>(415, 'The body is neither application/json nor text/csv in UTF-8')
  @Response<Problem>(
    422,
    'Something in the batch is invalid; the first 100 faults are named, with pointer or line',
  )
  @Response<Problem>(429, 'Too many batches are under way')
  async create(
    @Request() request: KoaRequest,
    @Queries() query: BatchQuery,
    @Body() _documented: BatchIn,
  ): Promise<BatchOut> {
    const { principal, trace, idempotencyKey: key, ownBody } = contextOf(request);
    const { type, bytes } = ownBody!;
    const isCsv = type === 'text/csv';
    if (!isCsv) refuseOptions(query);
    const batch = await this.batches.create({
      ...{ createdBy: principal.name, trace, bytes },
      idempotency: key === undefined ? undefined : { scope: `${principal.name} ${request.url}`, key },
      read: () => (isCsv ? readBatchCsv(bytes, { ...query }) : readBatchJson(this.clock, bytes)),
    });
    this.setStatus(202);
    this.setHeader('Location', `/api/v1/equipment/batches/${batch.id}`);
    return viewOfBatch(batch);
  }

  /** Batches, newest first. */
  @Get()
  @Security('token', ['viewer'])
  @SuccessResponse<{ Link?: string }>(200, 'A page')
  @Response<Problem>(422, 'A parameter is invalid or unknown')
  async list(@Request() request: KoaRequest, @Queries() query: BatchListQuery): Promise<BatchListOut> {
    const { limit = DEFAULT_LIMIT, state, cursor } = query;
    const found = await this.batches.list({ state, before: uuidOf(cursor) }, limit + 1);
    const items = found.slice(0, limit);
    const next = found.length > limit ? encodeCursor([items.at(-1)!.id]) : null;
    if (next !== null) this.setHeader('Link', linkToNext(request, next));
    return { items: items.map(viewOfBatch), next_cursor: next };
  }

  /** One batch, with how many of its devices are in which state. */
  @Get('{batch_id}')
  @Security('token', ['viewer'])
  @Response<Problem>(404, 'Batch not found')
  @Response<Problem>(410, 'Removed by retention')
  async get(@Path() batch_id: string): Promise<BatchOut> {
    return viewOfBatch(await this.batches.require(batch_id));
  }

  /** Its devices, in the order in which they came. */
  @Get('{batch_id}/items')
  @Security('token', ['viewer'])
  @SuccessResponse<{ Link?: string }>(200, 'A page')
  @Response<Problem>(404, 'Batch not found')
  @Response<Problem>(410, 'Removed by retention')
  async items(
    @Request() request: KoaRequest,
    @Path() batch_id: string,
    @Queries() query: BatchItemsQuery,
  ): Promise<BatchItemsOut> {
    const { limit = DEFAULT_LIMIT, state, cursor } = query;
    const found = await this.batches.items(batch_id, { state, after: positionOf(cursor) }, limit + 1);
    const items = found.slice(0, limit);
    const next = found.length > limit ? encodeCursor([items.at(-1)!.position]) : null;
    if (next !== null) this.setHeader('Link', linkToNext(request, next));
    return { items: items.map(viewOfItem), next_cursor: next };
  }

  /** What has become of each device so far. */
  @Get('{batch_id}/result')
  @Security('token', ['viewer'])
  @SuccessResponse<{ Vary: string }>(200, 'All devices', ['application/json', 'text/csv'])
  @Response<Problem>(404, 'Batch not found')
  @Response<Problem>(410, 'Removed by retention')
  async result(@Request() request: KoaRequest, @Path() batch_id: string): Promise<BatchResultOut> {
    const isCsv = acceptsCsv(request);
    const text = await this.batches.result(batch_id, isCsv ? 'csv' : 'json');
    this.setHeader('Vary', 'Accept');
    return serialized(isCsv ? CSV_TYPE : JSON_TYPE, text);
  }

  /** Starts nothing further of the batch, and takes back what has not begun; what is in work ends as it will. */
  @Post('{batch_id}/pause')
  @Security('token', ['operator'])
  @SuccessResponse(200, 'Paused')
  @Response<Problem>(404, 'Batch not found')
  @Response<Problem>(409, 'The batch does not run')
  @Response<Problem>(410, 'Removed by retention')
  async pause(
    @Request() request: KoaRequest,
    @Path() batch_id: string,
    @Body() body?: BatchActIn,
  ): Promise<BatchOut> {
    return this.act(request, batch_id, 'pause', body);
  }

  /** Goes on with a batch that was paused, or that stopped: what has failed until now is then forgiven. */
  @Post('{batch_id}/resume')
  @Security('token', ['operator'])
  @SuccessResponse(200, 'It goes on')
  @Response<Problem>(404, 'Batch not found')
  @Response<Problem>(409, 'The batch is neither paused nor stopped')
  @Response<Problem>(410, 'Removed by retention')
  async resume(
    @Request() request: KoaRequest,
    @Path() batch_id: string,
    @Body() body?: BatchActIn,
  ): Promise<BatchOut> {
    return this.act(request, batch_id, 'resume', body);
  }

  /** Ends a batch: what waits is cancelled, what is in work is let end; then it is `cancelled`. */
  @Post('{batch_id}/cancel')
  @Security('token', ['operator'])
  @SuccessResponse(202, 'Told to end')
  @Response<Problem>(404, 'Batch not found')
  @Response<Problem>(409, 'The batch has ended already')
  @Response<Problem>(410, 'Removed by retention')
  async cancel(
    @Request() request: KoaRequest,
    @Path() batch_id: string,
    @Body() body?: BatchActIn,
  ): Promise<BatchOut> {
    this.setStatus(202);
    return this.act(request, batch_id, 'cancel', body);
  }

  /** Gives the failed devices of a batch that has not ended their turn again. */
  @Post('{batch_id}/retry')
  @Security('token', ['operator'])
  @SuccessResponse(200, 'They wait for their turn')
  @Response<Problem>(404, 'Batch not found')
  @Response<Problem>(409, 'The batch has ended; its passwords are gone')
  @Response<Problem>(410, 'Removed by retention')
  async retry(
    @Request() request: KoaRequest,
    @Path() batch_id: string,
    @Body() body?: BatchActIn,
  ): Promise<BatchOut> {
    return this.act(request, batch_id, 'retry', body);
  }

  private async act(
    request: KoaRequest,
    id: string,
    act: BatchAct,
    body: BatchActIn | undefined,
  ): Promise<BatchOut> {
    const by = {
      name: contextOf(request).principal.name,
      reason: body?.reason === undefined ? null : storableText(body.reason),
    };
    const batch: Batch = await this.batches.act(id, act, by);
    return viewOfBatch(batch);
  }
}

function refuseOptions(query: BatchQuery): void {
  const given = Object.entries(query).filter(([, value]) => value !== undefined);
  const detail = 'is for a CSV body; in JSON it is a member of the body';
  if (given.length > 0) throw invalidInput(given.map(([name]) => ({ pointer: `/query/${name}`, detail })));
}

function uuidOf(cursor: string | undefined) {
  if (cursor === undefined) return undefined;
  const [id] = decodeCursor(cursor);
  if (typeof id === 'string' && isUuid(id)) return id;
  throw invalidCursor();
}

function positionOf(cursor: string | undefined): number | undefined {
  if (cursor === undefined) return undefined;
  const [position] = decodeCursor(cursor);
  if (typeof position === 'number' && Number.isSafeInteger(position)) return position;
  throw invalidCursor();
}
