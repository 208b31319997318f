import type { Request as KoaRequest } from 'koa';
import {
  Body,
  Controller,
  Extension,
  Get,
  Path,
  Post,
  Request,
  Response,
  Route,
  Security,
  SuccessResponse,
  Tags,
} from '@tsoa/runtime';
import { AppError, invalidInput } from '../../kernel/errors.js';
import type { FieldError } from '../../kernel/errors.js';
import { acceptsCsv } from '../../platform/http/negotiation.js';
import { preferredWaitS } from '../../platform/http/prefer.js';
import type { Problem } from '../../platform/http/problem.js';
import { contextOf } from '../../platform/http/request-context.js';
import { serialized } from '../../platform/http/serialized.js';
import { CORRELATION_ID_MAX, viewOf } from './report-task.js';
import type { Task, TasksApi } from './report-task.js';
import { readReport } from './read-report.js';
import { parseReportRequest } from './report-request.js';
import { REPORT_TASK } from './report-payload.js';
import { requestReport } from './request-report.js';
import type { RateTo, RateUsed } from './report-currency.js';

/**
 * A phone number.
 * @isInt must be a whole number
 * @minimum 0
 */
export type Phone = number;

export interface ReportIn {
  /**
   * The phones, 1 to 10,000; answered in this order, each once.
   * @minItems 1
   */
  numbers: Phone[];
  /** Echoed exactly as it came, a 64-bit integer included; at most 256 characters. */
  correlation_id: string | number;
  /** Counts attempts that started at this time or later: RFC 3339, or epoch ms. */
  from?: string | number;
  /** Counts attempts that started before this time: RFC 3339, or epoch ms. */
  to?: string | number;
  /**
   * Gives the prices in this currency too, by the rate of the moment when the report is accepted.
   * @pattern ^[A-Za-z]{2,10}$ must be a currency of 2 to 10 letters, like USD
   */
  currency?: string;
}

export interface ReportTaskOut {
  task_status: 'pending';
  task_id: string;
  task_name: string;
  received: string;
  completed: string | null;
  error_message: string | null;
}

export interface ReportOut {
  /** In the order asked for. */
  data: PhoneOut[];
  /** Phones that the data does not hold; there only when there are any. */
  not_found?: Phone[];
  /** Invalid records that were left out; there only when there were any. */
  skipped_records?: number;
  /** There where the prices were asked for in another currency. */
  currency?: ReportCurrencyOut;
  /** Seconds from the start of the work to its result. */
  total_duration: number;
  received: string;
  task_from: string;
  task_to: string;
  correlation_id: string | number;
}

export interface PhoneOut {
  phone: Phone;
  cnt_all_attempts: number;
  cnt_att_dur: {
    /** Attempts of at most 10 s. */
    '10_sec': number;
    /** Longer than 10 s, at most 30 s. */
    '10_30_sec': number;
    /** Longer than 30 s. */
    '30_sec': number;
  };
  min_price_att: number;
  max_price_att: number;
  /** Seconds. */
  avg_dur_att: number;
  sum_price_att_over_15: number;
  /** There where the prices were asked for in another currency. */
  in_currency?: PhonePricesOut;
}

/** The prices of a phone in the currency asked for. */
export interface PhonePricesOut {
  min_price_att: number;
  max_price_att: number;
  sum_price_att_over_15: number;
}

export interface ReportCurrencyOut {
  /** The currency asked for. */
  code: string;
  /** That of the prices themselves. */
  base: string;
  /** What one unit of `base` is in `code`; exact decimal. */
  rate: string;
  /** RFC 3339. */
  rate_at: string;
  /** Pairs by which the rate was found. */
  path: string[];
  /** True: no fresh rate was known. */
  stale: boolean;
}

export interface ReportsControllerDeps {
  tasks: TasksApi;
  mostPhones: number;
  toCsv(body: string): Promise<string>;
  rateTo: RateTo;
}

const JSON_TYPE = 'application/json; charset=utf-8';
const CSV_TYPE = 'text/csv; charset=utf-8; header=present';

@Route('api/v1/report')
@Tags('reports')
@Response<Problem>(401, 'No valid token')
export class ReportsController extends Controller {
  constructor(private readonly deps: ReportsControllerDeps) {
    super();
  }

  /**
   * Asks for a report. Accepted is durable. With `Prefer: wait=N` (1 to 60 s) the report itself is
   * answered (200) when it is ready in time; an `Idempotency-Key` makes repeated calls one task.
   */
  @Post()
  @Security('token', ['operator'])
  @SuccessResponse<{ Location: string }>(202, 'Accepted')
  @Response<ReportOut, { Location: string; 'Preference-Applied': string; Vary: string }>(
    200,
    'The report, where Prefer: wait=N was asked for and it was ready in time',
    undefined,
    ['application/json', 'text/csv'],
  )
  @Response<Problem>(409, 'The report failed, where Prefer: wait=N was asked for')
  @Response<Problem>(413, 'The body is too large')
  @Response<Problem>(422, 'A field is invalid')
  @Response<Problem>(503, 'Too much work is waiting')
  @Extension('x-idempotency-key', true)
  async request(@Request() request: KoaRequest, @Body() body: ReportIn): Promise<ReportTaskOut> {
    const waitS = preferredWaitS(request);
    acceptsCsv(request); // a form that is not to be had is refused before anything is accepted
    const task = await this.accept(request, body);
    // On the response itself: a task that ended badly is named too.
    request.response.set('Location', `/api/v1/tasks/${task.id}`);
    if (waitS !== undefined) {
      const report = await this.inTime(request, task, waitS);
      if (report) return report;
    }
    this.setStatus(202);
    return serialized(JSON_TYPE, acceptedView(task));
  }

  /** The report of a task. */
  @Get('{task_id}')
  @Security('token', ['viewer'])
  @SuccessResponse<{ Vary: string }>(200, 'The report', ['application/json', 'text/csv'])
  @Response<Problem>(404, 'Task not found')
  @Response<Problem>(409, 'Result is not ready, or the task failed')
  @Response<Problem>(410, 'Removed by retention')
  async get(@Request() request: KoaRequest, @Path() task_id: string): Promise<ReportOut> {
    const task = await this.deps.tasks.require(task_id);
    if (task.type !== REPORT_TASK) {
      throw new AppError('Task not found', { code: 'tasks.not-found', kind: 'not-found' });
    }
    return this.present(request, task);
  }

  private async accept(request: KoaRequest, body: ReportIn): Promise<Task> {
    const { principal, trace, idempotencyKey, body: raw } = contextOf(request);
    const correlationId = raw?.token('correlation_id') ?? JSON.stringify(body.correlation_id);
    const parsed = parseReportRequest({ ...body, phones: body.numbers }, 'numbers', this.deps.mostPhones);
    const errors = parsed.ok ? [] : parsed.errors;
    if (correlationId.length > CORRELATION_ID_MAX) {
      const detail = `must be at most ${CORRELATION_ID_MAX} characters, got ${correlationId.length}`;
      errors.push({ pointer: '/correlation_id', detail });
    }
    const rate = body.currency === undefined ? undefined : this.rateTo(body.currency, errors);
    if (!parsed.ok || errors.length > 0) throw invalidInput(errors);
    const report = {
      ...parsed.request,
      ...(rate && { rate }),
      source: 'rest' as const,
      createdBy: principal.name,
      trace,
      correlationId,
    };
    if (idempotencyKey === undefined || !raw) return requestReport(this.deps.tasks, report);
    const scope = `${principal.name} POST /api/v1/report`;
    return requestReport(this.deps.tasks, report, { scope, key: idempotencyKey, body: raw.bytes });
  }

  private rateTo(currency: string, errors: FieldError[]): RateUsed | undefined {
    const rate = this.deps.rateTo(currency);
    const detail = `must be a currency to which a rate is known, got ${JSON.stringify(currency)}`;
    if (!rate) errors.push({ pointer: '/currency', detail });
    return rate;
  }

  /**
   * The report, where it is ready in time; what is away or busy meanwhile must not hide that it was accepted.
   * Typed as the 202, as tsoa documents a method's type as its main answer.
   */
  private async inTime(request: KoaRequest, task: Task, waitS: number): Promise<ReportTaskOut | undefined> {
    try {
      const ended = await this.deps.tasks.awaitEnd(task.id, waitS * 1_000, contextOf(request).signal);
      if (ended.endedAt === null) return undefined;
      const report = await this.present<ReportTaskOut>(request, ended);
      this.setHeader('Preference-Applied', `wait=${waitS}`);
      return report;
    } catch (error) {
      if (error instanceof AppError && (error.kind === 'unavailable' || error.kind === 'too-many'))
        return undefined;
      throw error;
    }
  }

  private async present<T = ReportOut>(request: KoaRequest, task: Task): Promise<T> {
    const result = await readReport(this.deps.tasks, task);
    this.setStatus(200);
    this.setHeader('Vary', 'Accept');
    if (acceptsCsv(request)) return serialized(CSV_TYPE, await this.deps.toCsv(result.body));
    return serialized(JSON_TYPE, result.body);
  }
}

/** As it was when it was accepted: a repeated call gets the first answer. */
function acceptedView(task: Task): string {
  return viewOf({ ...task, state: 'pending', endedAt: null, errorMessage: null });
}
