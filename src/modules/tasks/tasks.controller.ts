import type { Request as KoaRequest } from 'koa';
import {
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
import { toRfc3339 } from '../../kernel/clock.js';
import { isUuid } from '../../kernel/ids.js';
import {
  DEFAULT_LIMIT,
  decodeCursor,
  encodeCursor,
  invalidCursor,
  linkToNext,
} from '../../platform/http/paging.js';
import { requireMatch } from '../../platform/http/etag.js';
import { idempotencyKeyOf } from '../../platform/http/idempotency-key.js';
import { contextOf } from '../../platform/http/request-context.js';
import { serialized } from '../../platform/http/serialized.js';
import type { Problem } from '../../platform/http/problem.js';
import type { TasksApi } from './tasks-api.js';
import type { TaskState } from './task.js';
import { etagOf, VIEW_TYPE, viewOf } from './task-view.js';
import { parseFilter } from './parse-filter.js';
import type { TaskFilter } from './task-filter.js';
import type { TaskFilterIn } from './task-bulks.controller.js';

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

export interface TaskListQuery extends TaskFilterIn {
  /**
   * How many at most; 100 where it is not given.
   * @isInt limit
   * @minimum 1
   * @maximum 1000
   */
  limit?: number;
  /** Where the page before ended. */
  cursor?: string;
  /** The same as `status`. */
  task_status?: TaskState;
  /** The same as `type`. */
  task_name?: string;
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

const NO_BODY = Buffer.alloc(0);

@Route('api/v1/tasks')
@Tags('tasks')
@Response<Problem>(401, 'No valid token')
export class TasksController extends Controller {
  constructor(private readonly tasks: TasksApi) {
    super();
  }

  /**
   * Tasks, newest first. `Link: rel="next"` leads to older ones; where a filter is rare, a page may hold fewer than asked
   * for, even none, and still have one.
   */
  @Get()
  @Security('token', ['viewer'])
  @SuccessResponse<{ Link?: string }>(200, 'A page')
  @Response<Problem>(422, 'A parameter is invalid or unknown')
  async list(@Request() request: KoaRequest, @Queries() query: TaskListQuery): Promise<TaskListOut> {
    const { items, next } = await this.tasks.list(filterOf(query), query.limit ?? DEFAULT_LIMIT);
    if (next !== null) this.setHeader('Link', linkToNext(request, encodeCursor([next])));
    return serialized(VIEW_TYPE, `{"statuses":[${items.map(viewOf).join(',')}]}`);
  }

  /** One task. */
  @Get('{task_id}')
  @Security('token', ['viewer'])
  @SuccessResponse<{ ETag: string }>(200, 'The task')
  @Response(304, 'The caller has it already: If-None-Match names its ETag')
  @Response<Problem>(404, 'Task not found')
  @Response<Problem>(410, 'Removed by retention')
  async get(@Path() task_id: string): Promise<TaskOut> {
    const task = await this.tasks.require(task_id);
    this.setHeader('ETag', etagOf(task));
    return serialized(VIEW_TYPE, viewOf(task));
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
    return serialized(VIEW_TYPE, viewOf(await this.tasks.require(task_id)));
  }

  /**
   * Does a task that ended in error or cancelled again, as a new one with the same payload. A task is retried once; then its
   * retry may be. An `Idempotency-Key` makes repeated calls one retry.
   */
  @Post('{task_id}/retry')
  @Extension('x-idempotency-key', true)
  @Security('token', ['operator'])
  @SuccessResponse<{ Location: string }>(202, 'Accepted')
  @Response<Problem>(404, 'Task not found')
  @Response<Problem>(409, 'The task has not ended in error or cancelled, or was retried before')
  @Response<Problem>(410, 'Removed by retention')
  @Response<Problem>(422, 'The Idempotency-Key was used for another call')
  @Response<Problem>(503, 'Too much work is waiting')
  async retry(@Request() request: KoaRequest, @Path() task_id: string): Promise<TaskOut> {
    const { principal, trace } = contextOf(request);
    const key = idempotencyKeyOf(request);
    const task = await this.tasks.require(task_id);
    const scope = `${principal.name} POST /api/v1/tasks/${task.id}/retry`;
    const idempotency = key === undefined ? {} : { idempotency: { scope, key, body: NO_BODY } };
    const retry = await this.tasks.retry(task, principal.name, { trace, ...idempotency });
    this.setStatus(202);
    this.setHeader('Location', `/api/v1/tasks/${retry.id}`);
    return serialized(VIEW_TYPE, viewOf(retry));
  }
}

function filterOf({ cursor, task_status, task_name, limit: _, ...query }: TaskListQuery): TaskFilter {
  const status = query.status ?? task_status;
  const type = query.type ?? task_name;
  const filter = parseFilter(
    { ...query, ...(status && { status }), ...(type !== undefined && { type }) },
    '/query',
  );
  if (cursor === undefined) return filter;
  const [id] = decodeCursor(cursor);
  if (typeof id !== 'string' || !isUuid(id)) throw invalidCursor();
  return { ...filter, before: id };
}
