import { randomHex } from './random-pool.js';

/** What follows a piece of work from request to worker and message. */
export interface TraceContext {
  requestId: string;
  /** W3C Trace Context `traceparent`, when one came or was made. */
  traceparent: string;
}

const TRACEPARENT = /^00-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}$/;

/** Goes on with the trace of `incoming` under a span of its own, or begins one. */
export function traceFrom(incoming: unknown, requestId: string): TraceContext {
  if (typeof incoming === 'string' && TRACEPARENT.test(incoming)) {
    return { requestId, traceparent: `${incoming.slice(0, 36)}${randomHex(8)}${incoming.slice(52)}` };
  }
  const digits = randomHex(24);
  return { requestId, traceparent: `00-${digits.slice(0, 32)}-${digits.slice(32)}-01` };
}
