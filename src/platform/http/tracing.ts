import { randomBytes } from 'node:crypto';
import { newUuid } from '../../kernel/ids.js';
import type { TraceContext } from '../../kernel/trace.js';

const REQUEST_ID = /^[A-Za-z0-9._-]{1,128}$/;
const TRACEPARENT = /^(?!ff)[0-9a-f]{2}-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(?:$|-)/;

/**
 * The trace of a request: its own ids where they are well-formed, else new ones. A `traceparent` that
 * came keeps its trace id and flags and gets a new span id, which is this request.
 */
export function traceOf(
  requestId: string | undefined,
  traceparent: string | undefined,
  nowMs: number,
): TraceContext {
  const kept = requestId !== undefined && REQUEST_ID.test(requestId) ? requestId : newUuid(nowMs);
  return { requestId: kept, traceparent: nextSpan(traceparent) };
}

function nextSpan(traceparent: string | undefined): string {
  const [, traceId, spanId, flags] = TRACEPARENT.exec(traceparent ?? '') ?? [];
  const span = randomBytes(8).toString('hex');
  if (!traceId || !spanId || /^0+$/.test(traceId) || /^0+$/.test(spanId)) {
    return `00-${randomBytes(16).toString('hex')}-${span}-01`;
  }
  return `00-${traceId}-${span}-${flags!}`;
}
