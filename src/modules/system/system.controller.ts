import type { Request as KoaRequest } from 'koa';
import { Controller, Get, Request, Response, Route, Security, Tags } from '@tsoa/runtime';
import type { Problem } from '../../platform/http/problem.js';
import { contextOf } from '../../platform/http/request-context.js';
import type { Setting } from './configuration.js';
import type { JobState } from '../../kernel/job-state.js';
import { jobView } from './job-view.js';
import type { JobOut } from './job-view.js';
import { overviewView, type OverviewOut } from './overview-view.js';
import type { Overview } from './overview.js';

export interface CallerOut {
  /** The token's name, `loopback` where no tokens are needed, `anonymous` where access is not checked. */
  name: string;
  role: 'admin' | 'operator' | 'viewer' | 'client';
}

export interface SettingOut {
  /** As in the environment: `HTTP_BODY_LIMIT_BYTES`. */
  name: string;
  /** Null where it is not set, and for a secret. */
  value: string | null;
  is_set: boolean;
  secret: boolean;
  source: 'environment' | '.env' | 'default';
  /** Read from the file that `<name>_FILE` names. */
  from_file: boolean;
}

export interface ConfigurationOut {
  items: SettingOut[];
  next_cursor: string | null;
}

export interface ScheduleOut {
  items: JobOut[];
  next_cursor: string | null;
}

export interface SystemControllerDeps {
  schedule: () => Promise<readonly JobState[]>;
  overview: () => Promise<Overview>;
  settings: readonly Setting[];
}

@Route('api/v1/system')
@Tags('system')
@Response<Problem>(401, 'No valid token')
export class SystemController extends Controller {
  constructor(private readonly deps: SystemControllerDeps) {
    super();
  }

  /** How the service is doing: parts, tasks, workers, queues, and the last hour by minutes. */
  @Get('overview')
  @Security('token', ['viewer'])
  async overview(): Promise<OverviewOut> {
    return overviewView(await this.deps.overview());
  }

  /** What runs at times of the clock, and how it went. */
  @Get('schedule')
  @Security('token', ['viewer'])
  async schedule(): Promise<ScheduleOut> {
    return { items: (await this.deps.schedule()).map(jobView), next_cursor: null };
  }

  /** Who calls, and what the caller may do. */
  @Get('caller')
  @Security('token', ['viewer', 'client'])
  caller(@Request() request: KoaRequest): CallerOut {
    const { name, role } = contextOf(request).principal;
    return { name, role };
  }

  /** Every setting in force and where it came from; secrets are not shown. */
  @Get('configuration')
  @Security('token', ['admin'])
  @Response<Problem>(403, 'Not an admin')
  configuration(): ConfigurationOut {
    const items = this.deps.settings.map((setting) => ({
      name: setting.key,
      value: setting.secret ? null : setting.value,
      is_set: setting.value !== null,
      secret: setting.secret,
      source: setting.source,
      from_file: setting.fromFile,
    }));
    return { items, next_cursor: null };
  }
}
