import type { IncomingHttpHeaders } from 'node:http';
import { newUuid } from '../../kernel/ids.js';
import { type TraceContext, traceFrom } from '../../kernel/trace.js';

const REQUEST_ID = /^[A-Za-z0-9._-]{1,128}$/;

/** The caller's own request id and trace where they have the right form, else new ones. */
export function traceOf(headers: IncomingHttpHeaders, nowMs: number): TraceContext {
  const asked = headers['x-request-id'];
  const requestId = typeof asked === 'string' && REQUEST_ID.test(asked) ? asked : newUuid(nowMs);
  return traceFrom(headers['traceparent'], requestId);
}
