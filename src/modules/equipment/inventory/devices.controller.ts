import type { Request as KoaRequest } from 'koa';
import {
  Body,
  Controller,
  Get,
  Patch,
  Path,
  Queries,
  Request,
  Response,
  Route,
  Security,
  SuccessResponse,
  Tags,
} from '@tsoa/runtime';
import { etagOf, requireMatch } from '../../../platform/http/etag.js';
import {
  decodeCursor,
  DEFAULT_LIMIT,
  encodeCursor,
  invalidCursor,
  linkToNext,
} from '../../../platform/http/paging.js';
import type { Problem } from '../../../platform/http/problem.js';
import { contextOf } from '../../../platform/http/request-context.js';
import { storableText } from '../configure-task.js';
import type { Device, DeviceResult } from './device.js';
import { viewOfDevice } from './device-view.js';
import type { DeviceOut } from './device-view.js';
import { viewOfEntry } from './device-history.js';
import type { DeviceHistoryEntryOut } from './device-history.js';
import type { InventoryApi } from './inventory-api.js';

export interface DeviceListQuery {
  /**
   * What its id begins with.
   * @pattern ^[a-zA-Z0-9]{1,255}$ must be 1 to 255 letters and digits
   */
  prefix?: string;
  /** How its last task ended. */
  last_result?: DeviceResult;
  /**
   * The batch of its last task.
   * @pattern ^[0-9a-f-]{36}$ must be the id of a batch
   */
  batch_id?: string;
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

export interface DeviceListOut {
  items: DeviceOut[];
  next_cursor: string | null;
}

export interface DevicePatchIn {
  /**
   * What there is to know of it; null takes it away.
   * @maxLength 2000
   */
  note: string | null;
}

export interface DeviceHistoryQuery {
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

export interface DeviceHistoryOut {
  items: DeviceHistoryEntryOut[];
  next_cursor: string | null;
}

@Route('api/v1/equipment/devices')
@Tags('equipment')
@Response<Problem>(401, 'No valid token')
export class DevicesController extends Controller {
  constructor(private readonly inventory: InventoryApi) {
    super();
  }

  /** Devices that a task has ended for, by id. */
  @Get()
  @Security('token', ['viewer'])
  @SuccessResponse<{ Link?: string }>(200, 'A page')
  @Response<Problem>(422, 'A parameter is invalid or unknown')
  async list(@Request() request: KoaRequest, @Queries() query: DeviceListQuery): Promise<DeviceListOut> {
    const { prefix, last_result: result, batch_id: batch, limit = DEFAULT_LIMIT, cursor } = query;
    const after = textOf(cursor);
    const found = await this.inventory.list({ prefix, result, batch, after }, limit + 1);
    const { items, last } = pageOf(found, limit);
    const next = last === undefined ? null : encodeCursor([last.id]);
    if (next !== null) this.setHeader('Link', linkToNext(request, next));
    return { items: items.map(viewOfDevice), next_cursor: next };
  }

  /** One device. */
  @Get('{equipment_id}')
  @Security('token', ['viewer'])
  @SuccessResponse<{ ETag: string }>(200, 'The device')
  @Response(304, 'The caller has it already: If-None-Match names its ETag')
  @Response<Problem>(404, 'The requested equipment is not found')
  async get(@Path() equipment_id: string): Promise<DeviceOut> {
    const device = await this.inventory.require(equipment_id);
    this.setHeader('ETag', etagOf(device.version));
    return viewOfDevice(device);
  }

  /** Writes a note about a device. */
  @Patch('{equipment_id}')
  @Security('token', ['operator'])
  @SuccessResponse<{ ETag: string }>(200, 'The device')
  @Response<Problem>(404, 'The requested equipment is not found')
  @Response<Problem>(412, 'The device has changed since the ETag in If-Match')
  @Response<Problem>(422, 'A field is invalid')
  async note(
    @Request() request: KoaRequest,
    @Path() equipment_id: string,
    @Body() body: DevicePatchIn,
  ): Promise<DeviceOut> {
    const text = body.note === null ? null : storableText(body.note);
    const note = { text, by: contextOf(request).principal.name };
    const expected = ({ version }: Device): void => requireMatch(request, etagOf(version));
    const device = await this.inventory.note(equipment_id, note, expected);
    this.setHeader('ETag', etagOf(device.version));
    return viewOfDevice(device);
  }

  /** The device's tasks, newest first, those that wait or are in work too. */
  @Get('{equipment_id}/history')
  @Security('token', ['viewer'])
  @SuccessResponse<{ Link?: string }>(200, 'A page')
  @Response<Problem>(404, 'The requested equipment is not found')
  async history(
    @Request() request: KoaRequest,
    @Path() equipment_id: string,
    @Queries() query: DeviceHistoryQuery,
  ): Promise<DeviceHistoryOut> {
    const before = textOf(query.cursor);
    const page = await this.inventory.history(equipment_id, before, query.limit ?? DEFAULT_LIMIT);
    const next = page.next === null ? null : encodeCursor([page.next]);
    if (next !== null) this.setHeader('Link', linkToNext(request, next));
    return { items: page.items.map(viewOfEntry), next_cursor: next };
  }
}

function pageOf<T>(found: readonly T[], limit: number): { items: readonly T[]; last: T | undefined } {
  const items = found.slice(0, limit);
  return { items, last: found.length > limit ? items.at(-1) : undefined };
}

function textOf(cursor: string | undefined): string | undefined {
  if (cursor === undefined) return undefined;
  const [part] = decodeCursor(cursor);
  if (typeof part === 'string' && part !== '') return part;
  throw invalidCursor();
}
