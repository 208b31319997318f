import type { Request as KoaRequest } from 'koa';
import {
  Body,
  Controller,
  Delete,
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
import { etagOf, requireMatch } from '../../../platform/http/etag.js';
import { encodeCursor, linkToNext } from '../../../platform/http/paging.js';
import type { Problem } from '../../../platform/http/problem.js';
import { actorOf, idInCursor } from '../registry/calls.controller.js';
import type { VisibleText } from '../registry/sensors.controller.js';
import type { AlarmRulesApi, RuleFields } from './alarm-rules-api.js';
import { ruleView } from './alarm-view.js';
import type { AlarmRuleOut } from './alarm-view.js';

/**
 * A status of a sensor.
 * @minLength 1
 * @maxLength 64
 */
export type StatusWord = string;

/** A JSON merge patch of a rule: what is not there stays. */
export interface AlarmRulePatchIn {
  name?: VisibleText;
  severity?: 'info' | 'minor' | 'major' | 'critical';
  /** `status`: in one of `statuses`. `silent`: nothing was heard for `for_s`. `flapping`: `changes` within `within_s`. */
  condition?: 'status' | 'silent' | 'flapping';
  /**
   * @minItems 1
   * @maxItems 64
   */
  statuses?: StatusWord[] | null;
  /**
   * @isInt
   * @minimum 2
   * @maximum 100
   */
  changes?: number | null;
  /**
   * Seconds.
   * @isInt
   * @minimum 1
   * @maximum 86400
   */
  within_s?: number | null;
  /**
   * Seconds for which it must be so; also over a restart. Default 0: at once.
   * @isInt
   * @minimum 0
   * @maximum 2592000
   */
  for_s?: number;
  /** Sensors of this client alone. */
  client_id?: string | null;
  /** This sensor alone. */
  sensor_id?: string | null;
  /** Sensors of this kind alone. */
  kind?: VisibleText | null;
  /** Default true. */
  enabled?: boolean;
}

export interface AlarmRuleIn extends AlarmRulePatchIn {
  name: VisibleText;
  severity: 'info' | 'minor' | 'major' | 'critical';
  condition: 'status' | 'silent' | 'flapping';
}

export interface AlarmRuleListOut {
  items: AlarmRuleOut[];
  next_cursor: string | null;
}

@Route('api/v1/alarm-rules')
@Tags('alarms')
@Response<Problem>(401, 'No valid token')
@Response<Problem>(403, 'Not allowed to act')
export class AlarmRulesController extends Controller {
  constructor(private readonly rules: AlarmRulesApi) {
    super();
  }

  /**
   * Rules, oldest first.
   * @param limit how many at most
   * @isInt limit
   * @minimum limit 1
   * @maximum limit 1000
   * @param cursor where the page before ended
   */
  @Get()
  @Security('token', ['viewer'])
  @SuccessResponse<{ Link?: string }>(200, 'A page')
  @Response<Problem>(422, 'A parameter is invalid or unknown')
  async list(
    @Request() request: KoaRequest,
    @Query() limit = 100,
    @Query() cursor?: string,
  ): Promise<AlarmRuleListOut> {
    const page = await this.rules.list(cursor === undefined ? undefined : idInCursor(cursor), limit + 1);
    const shown = page.slice(0, limit);
    const next = page.length > limit ? encodeCursor([shown.at(-1)!.id]) : null;
    if (next !== null) this.setHeader('Link', linkToNext(request, next));
    return { items: shown.map(ruleView), next_cursor: next };
  }

  /** Makes a rule. What is so already counts from when it began to be so. */
  @Post()
  @Security('token', ['operator'])
  @SuccessResponse<{ Location: string; ETag: string }>(201, 'Created')
  @Response<Problem>(409, 'There are 1,000 rules already')
  @Response<Problem>(422, 'A field is invalid')
  async create(@Request() request: KoaRequest, @Body() body: AlarmRuleIn): Promise<AlarmRuleOut> {
    const rule = await this.rules.create({ ...DEFAULTS, ...body }, actorOf(request));
    this.setHeader('Location', `/api/v1/alarm-rules/${rule.id}`);
    this.setHeader('ETag', etagOf(rule.version));
    return ruleView(rule);
  }

  /** One rule. */
  @Get('{rule_id}')
  @Security('token', ['viewer'])
  @SuccessResponse<{ ETag: string }>(200, 'The rule')
  @Response(304, 'The caller has it already: If-None-Match names its ETag')
  @Response<Problem>(404, 'Alarm rule not found')
  async get(@Path() rule_id: string): Promise<AlarmRuleOut> {
    const rule = await this.rules.require(rule_id);
    this.setHeader('ETag', etagOf(rule.version));
    return ruleView(rule);
  }

  /** Changes a rule. But for the name alone, its active alarms are cleared, and raised again where it still is so. */
  @Patch('{rule_id}')
  @Security('token', ['operator'])
  @SuccessResponse<{ ETag: string }>(200, 'As it is now')
  @Response<Problem>(404, 'Alarm rule not found')
  @Response<Problem>(409, 'Another call changed it at the same time')
  @Response<Problem>(412, 'The rule has changed since the ETag in If-Match')
  @Response<Problem>(422, 'A field is invalid')
  async change(
    @Request() request: KoaRequest,
    @Path() rule_id: string,
    @Body() body: AlarmRulePatchIn,
  ): Promise<AlarmRuleOut> {
    const rule = await this.rules.require(rule_id);
    requireMatch(request, etagOf(rule.version));
    const changed = await this.rules.update(rule, { ...ruleView(rule), ...body });
    this.setHeader('ETag', etagOf(changed.version));
    return ruleView(changed);
  }

  /** Deletes a rule; its active alarms are cleared. */
  @Delete('{rule_id}')
  @Security('token', ['operator'])
  @SuccessResponse(204, 'Deleted')
  @Response<Problem>(404, 'Alarm rule not found')
  @Response<Problem>(409, 'Another call changed it at the same time')
  @Response<Problem>(412, 'The rule has changed since the ETag in If-Match')
  async remove(@Request() request: KoaRequest, @Path() rule_id: string): Promise<void> {
    const rule = await this.rules.require(rule_id);
    requireMatch(request, etagOf(rule.version));
    await this.rules.remove(rule);
  }
}

const DEFAULTS: Omit<RuleFields, 'name' | 'severity' | 'condition'> = {
  ...{ statuses: null, changes: null, within_s: null, for_s: 0 },
  ...{ client_id: null, sensor_id: null, kind: null, enabled: true },
};
