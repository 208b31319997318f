import type { Context, Middleware, Next } from 'koa';
import type { Clock } from '../../kernel/clock.js';
import { AppError } from '../../kernel/errors.js';
import type { Logger } from '../../kernel/logger.js';
import type { AccessLog } from './access-log.js';
import { problemHeaders, toProblem } from './problem.js';
import { contextOf, type Principal, type RequestContext } from './request-context.js';
import { traceOf } from './request-trace.js';

/** Only what nothing has been decided about yet; a controller runs after authentication. */
const NOBODY: Principal = { role: 'client', name: 'nobody' };

/** Outermost: the ids of the request, and a signal for when its caller goes away. */
export function requestContext(clock: Clock): Middleware {
  return async (ctx: Context, next: Next) => {
    const caller = new AbortController();
    ctx.res.once('close', () => {
      if (!ctx.res.writableFinished) caller.abort();
    });
    const trace = traceOf(ctx.req.headers, clock.now());
    const context: RequestContext = { trace, principal: NOBODY, signal: caller.signal };
    Object.assign(ctx.state, context);
    ctx.set('X-Request-Id', trace.requestId);
    ctx.set('traceparent', trace.traceparent);
    await next();
  };
}

/** Tells the access log of every request, when its answer is known. */
export function loggedAccess(clock: Clock, accessLog: AccessLog): Middleware {
  return async (ctx: Context, next: Next) => {
    const startedAt = clock.monotonic();
    await next();
    const { trace, principal, signal } = contextOf(ctx.request);
    accessLog({
      method: ctx.method,
      route: routeOf(ctx),
      status: ctx.status,
      startedAt,
      requestId: trace.requestId,
      principal: principal === NOBODY ? undefined : principal.name,
      aborted: signal.aborted,
    });
  };
}

function routeOf(ctx: Context): string {
  const { _matchedRoute: matched, state } = ctx as Context & { _matchedRoute?: unknown };
  if (typeof matched === 'string') return matched;
  return typeof state['route'] === 'string' ? state['route'] : 'none';
}

/** Everything thrown becomes a problem; what is unknown, or our fault, is logged here, once. */
export function problems(log: Logger): Middleware {
  return async (ctx: Context, next: Next) => {
    try {
      await next();
    } catch (error) {
      const { trace } = contextOf(ctx.request);
      const problem = toProblem(error, ctx.path, trace.requestId);
      if (problem.status === 500) log.error({ err: error, request_id: trace.requestId }, 'a request failed');
      if (error instanceof AppError && error.kind === 'unavailable') {
        log.warn({ code: error.code, err: error.cause, request_id: trace.requestId }, error.message);
      }
      ctx.remove('ETag');
      ctx.body = JSON.stringify({ ...problem, ...(ctx.state['problemMembers'] as object | undefined) });
      ctx.status = problem.status;
      ctx.type = 'application/problem+json';
      ctx.set(problemHeaders(error));
      if (ctx.state['challenge'] !== undefined && problem.status === 401)
        ctx.set('WWW-Authenticate', String(ctx.state['challenge']));
    }
  };
}

/** Sets what every answer carries. */
export function alwaysWith(headers: Readonly<Record<string, string>>): Middleware {
  return async (ctx: Context, next: Next) => {
    ctx.set(headers);
    await next();
  };
}
