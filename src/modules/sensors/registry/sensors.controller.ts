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
  Queries,
  Request,
  Response,
  Route,
  Security,
  SuccessResponse,
  Tags,
} from '@tsoa/runtime';
import { requireMatch } from '../../../platform/http/etag.js';
import { encodeCursor, linkToNext } from '../../../platform/http/paging.js';
import type { Problem } from '../../../platform/http/problem.js';
import { serialized } from '../../../platform/http/serialized.js';
import type { LogApi } from '../log/read-log.js';
import { logPage } from '../log/read-log.js';
import { logCursor, positionIn } from '../log/log-cursor.controller.js';
import { actorOf, idInCursor, onceOf, sightOf } from './calls.controller.js';
import { DEFAULT_KIND, tagOf, versionTagOf } from './sensor.js';
import { sensorView } from './sensor-view.js';
import type { SensorOut } from './sensor-view.js';
import type { SensorsApi } from './sensors-api.js';

/**
 * Well-formed Unicode with a visible character and without control characters.
 * @minLength 1
 * @maxLength 200
 * @pattern ^(?=\s*\S)(?:[^\u0000-\u001f\u007f\ud800-\udfff]|[\ud800-\udbff][\udc00-\udfff])*$ must have a visible character, no control character and well-formed Unicode
 */
export type VisibleText = string;

export interface SensorIn {
  /** The client that it belongs to. */
  client_id: string;
  /** Its name at the client: unique among the client's own. */
  external_id: VisibleText;
  /** Default: `external_id`. */
  name?: VisibleText;
  /** Any word of the operator's own: `door`, `temperature`. Default `generic`. */
  kind?: VisibleText;
  /** Of one that is switched off, no event is taken. Default true. */
  enabled?: boolean;
}

/** A JSON merge patch: what is not there stays. */
export interface SensorPatchIn {
  external_id?: VisibleText;
  name?: VisibleText;
  kind?: VisibleText;
  enabled?: boolean;
}

export interface SensorListQuery {
  /**
   * How many at most; 100 where it is not given.
   * @isInt limit
   * @minimum 1
   * @maximum 1000
   */
  limit?: number;
  /** Where the page before ended. */
  cursor?: string;
  /**
   * @maxLength 64
   * @pattern ^[^\u0000]*$ must have no NUL
   */
  client_id?: string;
  /**
   * @maxLength 200
   * @pattern ^[^\u0000]*$ must have no NUL
   */
  external_id?: string;
  /**
   * @maxLength 200
   * @pattern ^[^\u0000]*$ must have no NUL
   */
  name?: string;
  /**
   * @maxLength 200
   * @pattern ^[^\u0000]*$ must have no NUL
   */
  kind?: string;
  /**
   * @maxLength 64
   * @pattern ^[^\u0000]*$ must have no NUL
   */
  status?: string;
  enabled?: boolean;
}

export interface LogQuery {
  /**
   * How many at most; 100 where it is not given.
   * @isInt limit
   * @minimum 1
   * @maximum 1000
   */
  limit?: number;
  /** Where the page before ended. */
  cursor?: string;
  /**
   * At this time or later, RFC 3339.
   * @isDateTime from
   */
  from?: Date;
  /**
   * Before this time, RFC 3339.
   * @isDateTime to
   */
  to?: Date;
  /**
   * @maxLength 64
   * @pattern ^[^\u0000]*$ must have no NUL
   */
  status?: string;
}

export interface SensorListOut {
  items: SensorOut[];
  next_cursor: string | null;
}

export interface LogEntryOut {
  /** When it was so, as the sensor says. */
  at: string;
  /** When the service heard of it. */
  received_at: string;
  status: string;
  /** Any JSON, as it came; null where there was none. */
  payload: unknown;
}

export interface LogOut {
  items: LogEntryOut[];
  next_cursor: string | null;
}

const JSON_TYPE = 'application/json; charset=utf-8';

@Route('api/v1/sensors')
@Tags('sensors')
@Response<Problem>(401, 'No valid token')
@Response<Problem>(403, 'Not allowed to act')
export class SensorsController extends Controller {
  constructor(
    private readonly sensors: SensorsApi,
    private readonly log: LogApi,
  ) {
    super();
  }

  /** Sensors, oldest first. The role `client` sees its own alone. */
  @Get()
  @Security('token', ['viewer', 'client'])
  @SuccessResponse<{ Link?: string }>(200, 'A page')
  @Response<Problem>(422, 'A parameter is invalid or unknown')
  async list(@Request() request: KoaRequest, @Queries() query: SensorListQuery): Promise<SensorListOut> {
    const { limit = 100, cursor, client_id, external_id: externalId, ...others } = query;
    const after = cursor === undefined ? undefined : idInCursor(cursor);
    const sight = sightOf(request);
    if (sight !== undefined && client_id !== undefined && client_id !== sight) return NOTHING;
    const filter = { ...others, externalId, clientId: sight ?? client_id };
    const page = await this.sensors.list(filter, { after, limit: limit + 1 });
    const shown = page.slice(0, limit);
    const next = page.length > limit ? encodeCursor([shown.at(-1)!.id]) : null;
    if (next !== null) this.setHeader('Link', linkToNext(request, next));
    return { items: shown.map(sensorView), next_cursor: next };
  }

  /** Makes a sensor. An `Idempotency-Key` makes repeated calls one. */
  @Post()
  @Extension('x-idempotency-key', true)
  @Security('token', ['operator'])
  @SuccessResponse<{ Location: string; ETag: string }>(201, 'Created')
  @Response<Problem>(409, 'The client has a sensor with that external_id already')
  @Response<Problem>(422, 'A field is invalid')
  async create(@Request() request: KoaRequest, @Body() body: SensorIn): Promise<SensorOut> {
    const { client_id: clientId, external_id: externalId, enabled = true } = body;
    const { name = externalId, kind = DEFAULT_KIND } = body;
    const wanted = { clientId, externalId, name, kind, enabled, createdBy: actorOf(request) };
    const sensor = await this.sensors.create(wanted, onceOf(request, 'POST /api/v1/sensors'));
    this.setHeader('Location', `/api/v1/sensors/${sensor.id}`);
    this.setHeader('ETag', tagOf(sensor));
    return sensorView(sensor);
  }

  /** One sensor. */
  @Get('{sensor_id}')
  @Security('token', ['viewer', 'client'])
  @SuccessResponse<{ ETag: string }>(200, 'The sensor')
  @Response(304, 'The caller has it already: If-None-Match names its ETag')
  @Response<Problem>(404, 'Sensor not found')
  async get(@Request() request: KoaRequest, @Path() sensor_id: string): Promise<SensorOut> {
    const sensor = await this.sensors.require(sensor_id, sightOf(request));
    this.setHeader('ETag', tagOf(sensor));
    return sensorView(sensor);
  }

  /** Changes a sensor. What its events change is not held against an ETag in `If-Match`. */
  @Patch('{sensor_id}')
  @Security('token', ['operator'])
  @SuccessResponse<{ ETag: string }>(200, 'As it is now')
  @Response<Problem>(404, 'Sensor not found')
  @Response<Problem>(409, 'The client has a sensor with that external_id already')
  @Response<Problem>(412, 'The sensor has changed since the ETag in If-Match')
  @Response<Problem>(422, 'A field is invalid')
  async change(
    @Request() request: KoaRequest,
    @Path() sensor_id: string,
    @Body() body: SensorPatchIn,
  ): Promise<SensorOut> {
    const sensor = await this.sensors.require(sensor_id);
    requireMatch(request, tagOf(sensor), versionTagOf);
    const { external_id: externalId = sensor.externalId, ...others } = body;
    const changed = await this.sensors.update(sensor, { externalId, ...others });
    this.setHeader('ETag', tagOf(changed));
    return sensorView(changed);
  }

  /** Deletes a sensor; its log is kept until its days are dropped. */
  @Delete('{sensor_id}')
  @Security('token', ['operator'])
  @SuccessResponse(204, 'Deleted')
  @Response<Problem>(404, 'Sensor not found')
  @Response<Problem>(409, 'It was changed by another call at the same time')
  @Response<Problem>(412, 'The sensor has changed since the ETag in If-Match')
  async remove(@Request() request: KoaRequest, @Path() sensor_id: string): Promise<void> {
    const sensor = await this.sensors.require(sensor_id);
    requireMatch(request, tagOf(sensor), versionTagOf);
    await this.sensors.remove(sensor);
  }

  /** What a sensor said, newest first. */
  @Get('{sensor_id}/log')
  @Security('token', ['viewer', 'client'])
  @SuccessResponse<{ Link?: string }>(200, 'A page')
  @Response<Problem>(404, 'Sensor not found')
  @Response<Problem>(422, 'A parameter is invalid or unknown')
  async readLog(
    @Request() request: KoaRequest,
    @Path() sensor_id: string,
    @Queries() query: LogQuery,
  ): Promise<LogOut> {
    const { limit = 100, cursor, from, to, status } = query;
    const { id: sensorId } = await this.sensors.require(sensor_id, sightOf(request));
    const after = cursor === undefined ? undefined : positionIn(cursor);
    const { entries, last } = await this.log.read({ sensorId, from, to, status, after, limit });
    const next = last ? logCursor(last) : null;
    if (next !== null) this.setHeader('Link', linkToNext(request, next));
    return serialized(JSON_TYPE, logPage(entries, next));
  }
}

const NOTHING: SensorListOut = { items: [], next_cursor: null };
