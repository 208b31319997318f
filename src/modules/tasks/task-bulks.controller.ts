import type { Request as KoaRequest } from 'koa';
import {
  Body,
  Controller,
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
import { toRfc3339 } from '../../kernel/clock.js';
import { invalidInput } from '../../kernel/errors.js';
import type { Problem } from '../../platform/http/problem.js';
import { contextOf } from '../../platform/http/request-context.js';
import type { Bulk, BulkAction } from './bulk.js';
import { parseFilter } from './parse-filter.js';
import { ACTED_ON } from './start-bulk.js';
import type { Priority, TaskSource, TaskState } from './task.js';
import type { TaskFilter } from './task-filter.js';
import type { TasksApi } from './tasks-api.js';

/** Which tasks: all that is there must hold. */
export interface TaskFilterIn {
  /**
   * What kind of work: `aggregate_calls` for a report.
   * @maxLength 128
   */
  type?: string;
  status?: TaskState;
  /**
   * Tasks that asked for this phone.
   * @isInt phone
   * @minimum 0
   */
  phone?: number;
  /**
   * Tasks that are about this equipment.
   * @maxLength 128
   */
  equipment_id?: string;
  /**
   * The text of the string, or the digits of the number.
   * @maxLength 256
   */
  correlation_id?: string;
  /**
   * Received at this time or later, RFC 3339.
   * @isDateTime from
   */
  from?: Date;
  /**
   * Received before this time, RFC 3339.
   * @isDateTime to
   */
  to?: Date;
  /**
   * Words of the error, 1 to 8, all of them, whatever their case and order; its code counts too.
   * @maxLength 400
   */
  error?: string;
  priority?: Priority;
  /** The way by which it came. */
  source?: TaskSource;
  /**
   * The task that was done again.
   * @maxLength 64
   */
  retry_of?: string;
}

export interface TaskBulkIn {
  filter: TaskFilterIn;
  /** Only count what matches, and change nothing. */
  dry_run?: boolean;
}

export interface TaskBulkPreviewOut {
  dry_run: true;
  matched: number;
}

export interface TaskBulkAcceptedOut {
  dry_run: false;
  matched: number;
  /** What it will be done to, but for tasks that are faster. */
  accepted: number;
  bulk_id: string;
}

export interface TaskBulkOut {
  bulk_id: string;
  action: BulkAction;
  created_at: string;
  created_by: string;
  /** Tasks that matched when it was asked for. */
  matched: number;
  /** Tasks it was done to so far. */
  done: number;
  /** Tasks it could not be done to: they had moved on meanwhile, or their type does not allow it. */
  skipped: number;
  /** Null while it goes on. */
  ended_at: string | null;
}

@Route('api/v1')
@Tags('tasks')
@Response<Problem>(401, 'No valid token')
@Response<Problem>(403, 'Not allowed to act')
export class TaskBulksController extends Controller {
  constructor(private readonly tasks: TasksApi) {
    super();
  }

  /**
   * Retries all tasks that match and ended in error or cancelled, but for those that were retried before. Accepted is
   * durable: it is done step by step, also after a restart.
   */
  @Post('tasks/retry')
  @Security('token', ['operator'])
  @SuccessResponse<{ Location: string }>(202, 'Accepted')
  @Response<TaskBulkPreviewOut>(200, 'What matches, where only that was asked for')
  @Response<Problem>(413, 'The body is too large')
  @Response<Problem>(415, 'The body is not JSON')
  @Response<Problem>(422, 'A field is invalid')
  retryAll(
    @Request() request: KoaRequest,
    @Body() body: TaskBulkIn,
  ): Promise<TaskBulkAcceptedOut | TaskBulkPreviewOut> {
    return this.start(request, 'retry', body);
  }

  /** Cancels all tasks that match and wait or run. Accepted is durable: it is done step by step, also after a restart. */
  @Post('tasks/cancel')
  @Security('token', ['operator'])
  @SuccessResponse<{ Location: string }>(202, 'Accepted')
  @Response<TaskBulkPreviewOut>(200, 'What matches, where only that was asked for')
  @Response<Problem>(413, 'The body is too large')
  @Response<Problem>(415, 'The body is not JSON')
  @Response<Problem>(422, 'A field is invalid')
  cancelAll(
    @Request() request: KoaRequest,
    @Body() body: TaskBulkIn,
  ): Promise<TaskBulkAcceptedOut | TaskBulkPreviewOut> {
    return this.start(request, 'cancel', body);
  }

  /** How far a bulk is. */
  @Get('task-bulks/{bulk_id}')
  @Security('token', ['viewer'])
  @Response<Problem>(404, 'Bulk not found')
  async get(@Path() bulk_id: string): Promise<TaskBulkOut> {
    return viewOf(await this.tasks.bulk(bulk_id));
  }

  private async start(
    request: KoaRequest,
    action: keyof typeof ACTED_ON,
    { filter: input, dry_run }: TaskBulkIn,
  ): Promise<TaskBulkAcceptedOut | TaskBulkPreviewOut> {
    const filter = parseFilter(input, '/filter');
    refuseOtherStates(action, filter);
    if (dry_run) {
      this.setStatus(200);
      return { dry_run: true, matched: await this.tasks.previewBulk(action, filter) };
    }
    const { principal, trace } = contextOf(request);
    const bulk = await this.tasks.startBulk({ action, filter, createdBy: principal.name, trace });
    this.setStatus(202);
    this.setHeader('Location', `/api/v1/task-bulks/${bulk.id}`);
    return { dry_run: false, matched: bulk.matched, accepted: bulk.matched, bulk_id: bulk.id };
  }
}

function refuseOtherStates(action: keyof typeof ACTED_ON, { states = [] }: TaskFilter): void {
  const allowed: readonly TaskState[] = ACTED_ON[action];
  const other = states.find((state) => !allowed.includes(state));
  if (other === undefined) return;
  const detail = `must be ${allowed.join(' or ')}, got ${other}`;
  throw invalidInput([{ pointer: '/filter/status', detail }]);
}

function viewOf(bulk: Bulk): TaskBulkOut {
  return {
    bulk_id: bulk.id,
    action: bulk.action,
    created_at: toRfc3339(bulk.createdAt),
    created_by: bulk.createdBy,
    matched: bulk.matched,
    done: bulk.done,
    skipped: bulk.skipped,
    ended_at: bulk.endedAt === null ? null : toRfc3339(bulk.endedAt),
  };
}
