import type { Request as KoaRequest } from 'koa';
import {
  Body,
  Controller,
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
import { etagOf, requireMatch } from '../../../platform/http/etag.js';
import { encodeCursor, linkToNext } from '../../../platform/http/paging.js';
import type { Problem } from '../../../platform/http/problem.js';
import { actorOf, idInCursor, sightOf } from '../registry/calls.controller.js';
import { alarmView } from './alarm-view.js';
import type { AlarmOut } from './alarm-view.js';
import type { AlarmsApi } from './alarms-api.js';

export interface AlarmListQuery {
  /**
   * How many at most; 100 where it is not given.
   * @isInt limit
   * @minimum 1
   * @maximum 1000
   */
  limit?: number;
  /** Where the page before ended. */
  cursor?: string;
  active?: boolean;
  acknowledged?: boolean;
  severity?: 'info' | 'minor' | 'major' | 'critical';
  /**
   * @maxLength 64
   * @pattern ^[^\u0000]*$ must have no NUL
   */
  sensor_id?: string;
  /**
   * @maxLength 64
   * @pattern ^[^\u0000]*$ must have no NUL
   */
  client_id?: string;
  /**
   * @maxLength 64
   * @pattern ^[^\u0000]*$ must have no NUL
   */
  rule_id?: string;
}

export interface AlarmListOut {
  items: AlarmOut[];
  next_cursor: string | null;
}

export interface AcknowledgeIn {
  /**
   * What is to be known of it; kept with the alarm.
   * @minLength 1
   * @maxLength 500
   * @pattern ^(?:[^\u0000\ud800-\udfff]|[\ud800-\udbff][\udc00-\udfff])*$ must have well-formed Unicode and no NUL
   */
  note?: string;
}

@Route('api/v1/alarms')
@Tags('alarms')
@Response<Problem>(401, 'No valid token')
@Response<Problem>(403, 'Not allowed to act')
export class AlarmsController extends Controller {
  constructor(private readonly alarms: AlarmsApi) {
    super();
  }

  /** Alarms, newest first. The role `client` sees those of its own sensors alone. */
  @Get()
  @Security('token', ['viewer', 'client'])
  @SuccessResponse<{ Link?: string }>(200, 'A page')
  @Response<Problem>(422, 'A parameter is invalid or unknown')
  async list(@Request() request: KoaRequest, @Queries() query: AlarmListQuery): Promise<AlarmListOut> {
    const { limit = 100, cursor, sensor_id: sensorId, client_id, rule_id: ruleId, ...others } = query;
    const before = cursor === undefined ? undefined : idInCursor(cursor);
    const sight = sightOf(request);
    if (sight !== undefined && client_id !== undefined && client_id !== sight) return NOTHING;
    const filter = { ...others, sensorId, ruleId, clientId: sight ?? client_id };
    const page = await this.alarms.list(filter, before, limit + 1);
    const shown = page.slice(0, limit);
    const next = page.length > limit ? encodeCursor([shown.at(-1)!.id]) : null;
    if (next !== null) this.setHeader('Link', linkToNext(request, next));
    return { items: shown.map(alarmView), next_cursor: next };
  }

  /** One alarm. */
  @Get('{alarm_id}')
  @Security('token', ['viewer', 'client'])
  @SuccessResponse<{ ETag: string }>(200, 'The alarm')
  @Response(304, 'The caller has it already: If-None-Match names its ETag')
  @Response<Problem>(404, 'Alarm not found')
  async get(@Request() request: KoaRequest, @Path() alarm_id: string): Promise<AlarmOut> {
    const alarm = await this.alarms.require(alarm_id, sightOf(request));
    this.setHeader('ETag', etagOf(alarm.version));
    return alarmView(alarm);
  }

  /** Says that somebody knows of it; active or cleared, once. */
  @Post('{alarm_id}/acknowledge')
  @Security('token', ['operator'])
  @SuccessResponse<{ ETag: string }>(200, 'Acknowledged')
  @Response<Problem>(404, 'Alarm not found')
  @Response<Problem>(409, 'It was acknowledged before')
  @Response<Problem>(412, 'The alarm has changed since the ETag in If-Match')
  @Response<Problem>(422, 'A field is invalid')
  async acknowledge(
    @Request() request: KoaRequest,
    @Path() alarm_id: string,
    @Body() body: AcknowledgeIn,
  ): Promise<AlarmOut> {
    const alarm = await this.alarms.require(alarm_id);
    requireMatch(request, etagOf(alarm.version));
    const acknowledged = await this.alarms.acknowledge(alarm, actorOf(request), body.note ?? null);
    this.setHeader('ETag', etagOf(acknowledged.version));
    return alarmView(acknowledged);
  }
}

const NOTHING: AlarmListOut = { items: [], next_cursor: null };
