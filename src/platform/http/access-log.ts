import type { Clock } from '../../kernel/clock.js';
import type { Logger } from '../../kernel/logger.js';
import type { Metrics } from '../metrics/metrics.js';

const PROBES = new Set(['/livez', '/readyz', '/metrics']);
const METHODS = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']);

/** One answered request. */
export interface AnsweredRequest {
  method: string;
  /** The pattern, not the path: a small set. */
  route: string;
  status: number;
  /** On the monotonic scale. */
  startedAt: number;
  requestId: string;
  /** The name of who called; undefined where nothing was decided about that. */
  principal: string | undefined;
  /** Whether the caller went away before. */
  aborted: boolean;
}

export type AccessLog = (request: AnsweredRequest) => void;

/** One line and one observation a request; no query string, no body, no token. Probes are at `debug`. */
export function createAccessLog(clock: Clock, log: Logger, metrics: Metrics): AccessLog {
  const durations = metrics.histogram(
    'switchyard_http_request_duration_seconds',
    'Time from a request to its answer, by route pattern.',
    ['method', 'route', 'status'],
  );
  return ({ method: asked, route, status, startedAt, requestId, principal, aborted }) => {
    const ms = clock.monotonic() - startedAt;
    const method = METHODS.has(asked) ? asked : 'OTHER';
    durations.observe(ms / 1000, { method, route, status });
    const fields: Record<string, unknown> = { method, route, status, ms: Math.round(ms * 1000) / 1000 };
    fields['request_id'] = requestId;
    if (principal !== undefined) fields['principal'] = principal;
    if (aborted) fields['aborted'] = true;
    log[PROBES.has(route) ? 'debug' : 'info'](fields, 'request');
  };
}
