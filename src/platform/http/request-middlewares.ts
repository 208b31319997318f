import type { Context, Middleware, Next } from 'koa';
import type { Clock } from '../../kernel/clock.js';
import { AppError } from '../../kernel/errors.js';
import { newUuid } from '../../kernel/ids.js';
import type { Logger } from '../../kernel/logger.js';
import { traceFrom } from '../../kernel/trace.js';
import type { Metrics } from '../metrics/metrics.js';
import { problemHeaders, toProblem } from './problem.js';
import { contextOf, type Principal, type RequestContext } from './request-context.js';

const REQUEST_ID = /^[A-Za-z0-9._-]{1,128}$/;
const PROBES = new Set(['/livez', '/readyz', '/metrics']);
const METHODS = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']);

/** Only what nothing has been decided about yet; a controller runs after authentication. */
const NOBODY: Principal = { role: 'client', name: 'nobody' };

/** Outermost: the ids of the request, and a signal for when its caller goes away. */
export function requestContext(clock: Clock): Middleware {
  return async (ctx: Context, next: Next) => {
    const caller = new AbortController();
    ctx.res.once('close', () => {
      if (!ctx.res.writableFinished) caller.abort();
    });
    const asked = ctx.get('X-Request-Id');
    const requestId = REQUEST_ID.test(asked) ? asked : newUuid(clock.now());
    const trace = traceFrom(ctx.req.headers['traceparent'], requestId);
    const context: RequestContext = { trace, principal: NOBODY, signal: caller.signal };
    Object.assign(ctx.state, context);
    ctx.set('X-Request-Id', trace.requestId);
    ctx.set('traceparent', trace.traceparent);
    await next();
  };
}

/** One line and one observation a request; no query string, no body, no token. Probes are at `debug`. */
export function accessLog(clock: Clock, log: Logger, metrics: Metrics): Middleware {
  const durations = metrics.histogram(
    'switchyard_http_request_duration_seconds',
    'Time from a request to its answer, by route pattern.',
    ['method', 'route', 'status'],
  );
  return async (ctx: Context, next: Next) => {
    const start = clock.monotonic();
    await next();
    const ms = clock.monotonic() - start;
    const { trace, principal, signal } = contextOf(ctx.request);
    const route = routeOf(ctx);
    const method = METHODS.has(ctx.method) ? ctx.method : 'OTHER';
    durations.observe(ms / 1000, { method, route, status: ctx.status });
    const fields = {
      method,
      route,
      status: ctx.status,
      ms: Math.round(ms * 1000) / 1000,
      request_id: trace.requestId,
    };
    const by = principal === NOBODY ? {} : { principal: principal.name };
    log[PROBES.has(route) ? 'debug' : 'info'](
      { ...fields, ...by, ...(signal.aborted ? { aborted: true } : {}) },
      'request',
    );
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
      ctx.body = JSON.stringify(problem);
      ctx.status = problem.status;
      ctx.type = 'application/problem+json';
      ctx.set(problemHeaders(error));
      if (ctx.state['challenge'] !== undefined && problem.status === 401)
        ctx.set('WWW-Authenticate', String(ctx.state['challenge']));
    }
  };
}

const POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; " +
  "font-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

/** No inline script or style anywhere: even Swagger UI starts from a file. */
export function securityHeaders(isTls: boolean): Middleware {
  return async (ctx: Context, next: Next) => {
    ctx.set({
      'Content-Security-Policy': POLICY,
      'Cross-Origin-Opener-Policy': 'same-origin',
      'Cross-Origin-Resource-Policy': 'same-origin',
      'Referrer-Policy': 'no-referrer',
      'X-Content-Type-Options': 'nosniff',
      'X-Frame-Options': 'DENY',
      'Cache-Control': 'no-store',
      ...(isTls ? { 'Strict-Transport-Security': 'max-age=31536000' } : {}),
    });
    await next();
  };
}
