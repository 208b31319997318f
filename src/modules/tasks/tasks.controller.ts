import type { Request as KoaRequest } from 'koa';
import {
  Controller,
  Get,
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
import { invalidInput } from '../../kernel/errors.js';
import { isUuid } from '../../kernel/ids.js';
import { decodeCursor, encodeCursor, linkToNext } from '../../platform/http/paging.js';
import { requireMatch } from '../../platform/http/etag.js';
import { contextOf } from '../../platform/http/request-context.js';
import { serialized } from '../../platform/http/serialized.js';
import type { Problem } from '../../platform/http/problem.js';
import type { TasksApi } from './tasks-api.js';
import type { Task, TaskState } from './task.js';
import { viewOf } from './task-view.js';
import type { TaskFilter } from './tasks.queries.js';

/** A task as its clients see it. */
export interface TaskOut {
  task_status: TaskState;
  task_id: string;
  /** What kind of work it is: `aggregate_calls` for a report. */
  task_name: string;
  /** When it was accepted. */
  received: string;
  /** When it ended; null while it has not. */
  completed: string | null;
  error_message: string | null;
}

export interface TaskListOut {
  statuses: TaskOut[];
}

export interface TaskHistoryOut {
  items: TaskHistoryEntryOut[];
}

export interface TaskHistoryEntryOut {
  at: string;
  from: TaskState | null;
  to: TaskState;
  reason: string;
  attempt: number;
  /** The token, replica or rule that did it. */
  actor: string;
}

const JSON_TYPE = 'application/json; charset=utf-8';

@Route('api/v1/tasks')
@Tags('tasks')
@Response<Problem>(401, 'No valid token')
export class TasksController extends Controller {
  constructor(private readonly tasks: TasksApi) {
    super();
  }

  /**
   * Tasks, newest first. `Link: rel="next"` leads to older ones.
   * @param limit how many at most
   * @isInt limit
   * @minimum limit 1
   * @maximum limit 1000
   * @param cursor where the page before ended
   * @param task_name what kind of work
   * @param phone tasks that asked for this phone
   * @isInt phone
   * @minimum phone 0
   * @param correlation_id the text of the string, or the digits of the number
   * @param from received at this time or later, RFC 3339
   * @isDateTime from
   * @param to received before this time, RFC 3339
   * @isDateTime to
   */
  @Get()
  @Security('token', ['viewer'])
  @SuccessResponse<{ Link?: string }>(200, 'A page')
  @Response<Problem>(422, 'A parameter is invalid or unknown')
  async list(
    @Request() request: KoaRequest,
    @Query() limit = 100,
    @Query() cursor?: string,
    @Query() task_status?: TaskState,
    @Query() task_name?: string,
    @Query() phone?: number,
    @Query() correlation_id?: string,
    @Query() from?: Date,
    @Query() to?: Date,
  ): Promise<TaskListOut> {
    const filter = filterOf({ cursor, task_status, task_name, phone, correlation_id, from, to });
    const page = await this.tasks.list(filter, limit + 1);
    const shown = page.slice(0, limit);
    const last = shown.at(-1);
    if (page.length > limit && last) this.setHeader('Link', linkToNext(request, encodeCursor([last.id])));
    return serialized(JSON_TYPE, `{"statuses":[${shown.map(viewOf).join(',')}]}`);
  }

  /** One task. */
  @Get('{task_id}')
  @Security('token', ['viewer'])
  @SuccessResponse<{ ETag: string }>(200, 'The task')
  @Response<Problem>(404, 'Task not found')
  @Response<Problem>(410, 'Removed by retention')
  async get(@Path() task_id: string): Promise<TaskOut> {
    const task = await this.tasks.require(task_id);
    this.setHeader('ETag', etagOf(task));
    return serialized(JSON_TYPE, viewOf(task));
  }

  /** What happened to a task: every change of state, oldest first. */
  @Get('{task_id}/history')
  @Security('token', ['viewer'])
  @Response<Problem>(404, 'Task not found')
  @Response<Problem>(410, 'Removed by retention')
  async history(@Path() task_id: string): Promise<TaskHistoryOut> {
    const task = await this.tasks.require(task_id);
    const entries = await this.tasks.history(task.id);
    return { items: entries.map((entry) => ({ ...entry, at: toRfc3339(entry.at) })) };
  }

  /** Cancels a task: 200 when it was waiting, 202 when it runs and was told to stop. */
  @Post('{task_id}/cancel')
  @Security('token', ['operator'])
  @SuccessResponse(200, 'Cancelled')
  @Response<TaskOut>(202, 'Told to stop')
  @Response<Problem>(404, 'Task not found')
  @Response<Problem>(409, 'The task has ended already')
  @Response<Problem>(410, 'Removed by retention')
  @Response<Problem>(412, 'The task has changed since the ETag in If-Match')
  async cancel(@Request() request: KoaRequest, @Path() task_id: string): Promise<TaskOut> {
    const task = await this.tasks.require(task_id);
    requireMatch(request, etagOf(task));
    const answer = await this.tasks.cancel(task, contextOf(request).principal.name);
    this.setStatus(answer === 'cancelled' ? 200 : 202);
    return serialized(JSON_TYPE, viewOf(await this.tasks.require(task_id)));
  }
}

interface ListQuery {
  cursor: string | undefined;
  task_status: TaskState | undefined;
  task_name: string | undefined;
  phone: number | undefined;
  correlation_id: string | undefined;
  from: Date | undefined;
  to: Date | undefined;
}

function filterOf(query: ListQuery): TaskFilter {
  const filter: TaskFilter = {};
  if (query.task_status !== undefined) filter.state = query.task_status;
  if (query.task_name !== undefined) filter.type = query.task_name;
  if (query.phone !== undefined) filter.key = `phone:${query.phone}`;
  if (query.correlation_id !== undefined) filter.correlationKey = query.correlation_id;
  if (query.from) filter.fromMs = query.from.getTime();
  if (query.to) filter.toMs = query.to.getTime();
  if (query.cursor !== undefined) {
    const [id] = decodeCursor(query.cursor);
    if (typeof id !== 'string' || !isUuid(id)) {
      throw invalidInput([
        { pointer: '/query/cursor', detail: 'must be a cursor that an earlier page gave' },
      ]);
    }
    filter.before = id;
  }
  return filter;
}

/** Changes with every change of state. */
function etagOf(task: Task): string {
  return `"${task.state}-${task.attempt}"`;
}
