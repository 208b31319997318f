/** What came of a call to the provisioning service. A refusal by the device is a result as good as a success. */
export type CallOutcome = Answered | Unreached;

/** The request was sent: this is final, whatever it says. */
export interface Answered {
  kind: 'answered';
  code: 200 | 404 | 500;
  /** Why it is not done; null where it is. */
  reason: FailureReason | null;
  /** For people; holds nothing of what the service said, which may repeat what it was sent. */
  message: string;
  /** Whether the service may still be at work on the device: nothing else is sent there until the call's time has passed. */
  mayStillRun: boolean;
  /** Whether the service itself may be in trouble, beyond this device: a gateway says so, or there was no answer at all. */
  isServiceDown: boolean;
}

/** The request was never sent: it may be tried again. */
export interface Unreached {
  kind: 'unreached';
  /** `ECONNREFUSED`, `DEPTH_ZERO_SELF_SIGNED_CERT`: what is in the way. */
  detail: string;
}

export const FAILURE_REASONS = [
  'failed',
  'not-found',
  'rejected',
  'unexpected-answer',
  'timed-out',
  'outcome-unknown',
  'expired',
  'superseded',
  'unreadable',
] as const;
export type FailureReason = (typeof FAILURE_REASONS)[number];

/** A whole answer as it came. */
export interface RawAnswer {
  status: number;
  body: string;
  isTooLarge: boolean;
}

export const SUCCESS = 'Completed';
export const NOT_FOUND = 'The requested equipment is not found';
export const FAILED = 'Internal provisioning exception';

const REJECTED = ['rejected', 'The provisioning service does not accept the parameters (400)'] as const;

const KNOWN = new Map<number, Parameters<typeof answered>>([
  [200, [200, null, SUCCESS]],
  [400, [500, ...REJECTED]],
  [404, [404, 'not-found', NOT_FOUND]],
  [500, [500, 'failed', FAILED]],
]);

/** Proxies say these for a service that is not there. */
const GATEWAY = new Set([502, 503, 504]);

/**
 * Judges by status and body together: a success says 200 in both. Anything else that looks like one, a redirect, an error page, no
 * JSON, is an unexpected answer, after which the device may be configured or not.
 */
export function judgeAnswer({ status, body, isTooLarge }: RawAnswer): Answered {
  const code = isTooLarge ? undefined : codeIn(body);
  if (status === 400) return answered(500, ...REJECTED);
  // A service that says its code under a 200 is taken by the code; otherwise both must say the same.
  const said = code !== undefined && (status === 200 || status === code) ? KNOWN.get(code) : undefined;
  if (said) return answered(...said);
  const unexpected = `The provisioning service answered unexpectedly: ${describe(status, code, isTooLarge)}`;
  return {
    ...answered(500, 'unexpected-answer', `${unexpected}; the device may be configured`),
    isServiceDown: GATEWAY.has(status),
  };
}

export function timedOut(seconds: number): Answered {
  const message = `The provisioning service did not answer within ${seconds} s; the device may be configured`;
  return { ...answered(500, 'timed-out', message), isServiceDown: true };
}

export function brokenOff(): Answered {
  const message = 'The connection broke after the request was sent; the device may be configured';
  return { ...answered(500, 'outcome-unknown', message), mayStillRun: true, isServiceDown: true };
}

export function lost(): Answered {
  const message = 'The process ended after the request was sent; the device may be configured';
  return { ...answered(500, 'outcome-unknown', message), mayStillRun: true };
}

export function answered(code: Answered['code'], reason: FailureReason | null, message: string): Answered {
  return { kind: 'answered', code, reason, message, mayStillRun: false, isServiceDown: false };
}

function codeIn(body: string): number | undefined {
  try {
    const value = JSON.parse(body) as { code?: unknown } | null;
    return typeof value?.code === 'number' ? value.code : undefined;
  } catch {
    return undefined;
  }
}

function describe(status: number, code: number | undefined, isTooLarge: boolean): string {
  if (isTooLarge) return `status ${status} with a body that is too large`;
  if (status >= 300 && status < 400) return `a redirect (${status})`;
  return code === undefined ? `status ${status} without a code` : `status ${status} with code ${code}`;
}
