/** What follows a piece of work from request to worker and message. */
export interface TraceContext {
  requestId: string;
  /** W3C Trace Context `traceparent`, when one came or was made. */
  traceparent: string;
}
