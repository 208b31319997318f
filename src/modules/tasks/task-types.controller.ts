import type { Request as KoaRequest } from 'koa';
import { Body, Controller, Get, Path, Post, Request, Response, Route, Security, Tags } from '@tsoa/runtime';
import { toRfc3339 } from '../../kernel/clock.js';
import type { Problem } from '../../platform/http/problem.js';
import { contextOf } from '../../platform/http/request-context.js';
import { storableText } from './correlation-id.js';
import type { TaskTypeState } from './pause-type.js';
import type { TasksApi } from './tasks-api.js';

export interface TaskTypeOut {
  type: string;
  /** Whether tasks of this type are not started for the time being. */
  paused: boolean;
  paused_by: string | null;
  paused_at: string | null;
  reason: string | null;
  waiting: number;
  /** On all replicas. */
  running: number;
  /** Tasks at the same time in one process. */
  concurrency: number;
}

export interface TaskTypeListOut {
  items: TaskTypeOut[];
  next_cursor: null;
}

export interface PauseIn {
  /**
   * For those who wonder why nothing is done.
   * @maxLength 500
   */
  reason?: string;
}

@Route('api/v1/task-types')
@Tags('tasks')
@Response<Problem>(401, 'No valid token')
export class TaskTypesController extends Controller {
  constructor(private readonly tasks: TasksApi) {
    super();
  }

  /** Every kind of work, with how much of it waits and runs. */
  @Get()
  @Security('token', ['viewer'])
  async list(): Promise<TaskTypeListOut> {
    return { items: (await this.tasks.types()).map(viewOf), next_cursor: null };
  }

  /**
   * Starts no more tasks of a type, on any replica, until it is resumed: also after a restart. What runs goes on, what comes
   * is accepted and waits. Deadlines run on: who asked for the work is answered in time, if only with an error, and a bulk
   * retry does it all the same. A second pause changes nothing.
   */
  @Post('{type}/pause')
  @Security('token', ['operator'])
  @Response<Problem>(403, 'Not allowed to act')
  @Response<Problem>(404, 'Task type not found')
  @Response<Problem>(413, 'The body is too large')
  @Response<Problem>(415, 'The body is not JSON')
  @Response<Problem>(422, 'A field is invalid')
  async pause(
    @Request() request: KoaRequest,
    @Path() type: string,
    @Body() body?: PauseIn,
  ): Promise<TaskTypeOut> {
    const reason = body?.reason === undefined ? null : storableText(body.reason);
    return viewOf(await this.tasks.pause(storableText(type), contextOf(request).principal.name, reason));
  }

  /** Starts tasks of a type again. */
  @Post('{type}/resume')
  @Security('token', ['operator'])
  @Response<Problem>(403, 'Not allowed to act')
  @Response<Problem>(404, 'Task type not found')
  async resume(@Request() request: KoaRequest, @Path() type: string): Promise<TaskTypeOut> {
    return viewOf(await this.tasks.resume(storableText(type), contextOf(request).principal.name));
  }
}

function viewOf({ type, pause, waiting, running, concurrency }: TaskTypeState): TaskTypeOut {
  return {
    type,
    paused: pause !== null,
    paused_by: pause?.pausedBy ?? null,
    paused_at: pause === null ? null : toRfc3339(pause.pausedAt),
    reason: pause?.reason ?? null,
    waiting,
    running,
    concurrency,
  };
}
