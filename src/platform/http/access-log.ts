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
  const kindOf = createKinds(log);
  return ({ method, route, status, startedAt, requestId, principal, aborted }) => {
    const ms = clock.monotonic() - startedAt;
    const { labels, log: ofKind } = kindOf(route, status, METHODS.has(method) ? method : 'OTHER');
    durations.observe(ms / 1000, labels);
    const fields: Record<string, unknown> = { ms: Math.round(ms * 1000) / 1000, request_id: requestId };
    if (principal !== undefined) fields['principal'] = principal;
    if (aborted) fields['aborted'] = true;
    ofKind[PROBES.has(route) ? 'debug' : 'info'](fields, 'request');
  };
}

/** What the answers of one method, route and status have in common. */
interface Kind {
  labels: Readonly<{ method: string; route: string; status: number }>;
  /** Has the labels in each of its lines, serialised once. */
  log: Logger;
}

/** Kinds stay for ever, as the combinations of labels do in the metrics. */
function createKinds(log: Logger): (route: string, status: number, method: string) => Kind {
  const kinds = new Map<string, Kind[]>();
  return (route, status, method) => {
    const ofRoute = kinds.get(route) ?? [];
    const known = ofRoute.find(({ labels }) => labels.status === status && labels.method === method);
    if (known) return known;
    const labels = { method, route, status };
    const kind = { labels, log: log.child(labels) };
    kinds.set(route, [...ofRoute, kind]);
    return kind;
  };
}
