import type { OpenApi, Operation } from '../support/open-api.js';
import type { WireAnswer } from './raw-connection.js';
import type { RequestCase } from './request-case.js';
import type { Sender } from './senders.js';
import { mayCall } from './senders.js';

const PROBLEM = { $ref: '#/components/schemas/Problem' };
const CODE = /^[a-z][a-z0-9-]*(\.[a-z][a-z0-9-]*)*$/;
const REQUEST_ID = /^[A-Za-z0-9._-]{1,128}$/;
const TRACEPARENT = /^00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$/;
/** Said before a request is one: it has no path, no trace, and no more headers than it needs. */
const BEFORE_ROUTING = new Set([400, 408, 431]);

/** What is wrong with an answer: by the document, by our conventions, by who asked. Undefined: nothing. */
export function faultOf(
  api: OpenApi,
  sent: RequestCase,
  sender: Sender | undefined,
  answer: WireAnswer,
): string | undefined {
  const { status } = answer;
  if (status >= 500 && status !== 503 && !isDeclaredState(api, sent, answer)) return `a ${status}`;
  const isJudged = status >= 400 && sent.method !== 'HEAD' && !isOwnProblem(api, sent, answer);
  const problem = isJudged ? problemFault(api, answer) : undefined;
  if (problem) return problem;
  if (BEFORE_ROUTING.has(status) && isBeforeRouting(sent, answer)) return undefined;
  return headerFault(answer) ?? (sent.raw ? undefined : callFault(api, sent, sender, answer));
}

/** One contract has a 500 that tells of a device; its body is not a problem of ours. */
function isDeclaredState(
  api: OpenApi,
  { method, target }: RequestCase,
  { status, headers }: WireAnswer,
): boolean {
  const content = api.find(method, pathOf(target))?.responses[status]?.content ?? {};
  const type = headers.get('content-type')?.split(';')[0] ?? '';
  return type in content && type !== 'application/problem+json';
}

/** One contract puts its own members into a problem; the document has their form. */
function isOwnProblem(
  api: OpenApi,
  { method, target }: RequestCase,
  { status, headers }: WireAnswer,
): boolean {
  const content = api.find(method, pathOf(target))?.responses[status]?.content;
  const schema = content?.['application/problem+json']?.schema as { $ref?: string } | undefined;
  const isProblem = headers.get('content-type') === 'application/problem+json';
  return isProblem && schema !== undefined && schema.$ref !== PROBLEM.$ref;
}

function problemFault(api: OpenApi, { status, headers, body }: WireAnswer): string | undefined {
  const type = headers.get('content-type');
  if (type !== 'application/problem+json')
    return type?.split(';')[0] === 'application/json' ? undefined : `a ${status} of type ${type}`;
  const problem = parsed(body) as Record<string, unknown> | undefined;
  const fault = api.faultBy(PROBLEM, problem);
  if (!problem || fault) return `a ${status} that is no problem: ${fault ?? 'no JSON'}`;
  if (problem['status'] !== status) return `a ${status} that says status ${String(problem['status'])}`;
  if (problem['request_id'] !== headers.get('x-request-id')) return 'a problem with another request id';
  if (!CODE.test(String(problem['code']))) return `a code that is none: ${String(problem['code'])}`;
  if (problem['code'] === 'internal') return 'an internal fault';
  return retryFault(status, headers);
}

function retryFault(status: number, headers: ReadonlyMap<string, string>): string | undefined {
  const mustSay = status === 429 || status === 503;
  return mustSay && !/^[1-9]\d*$/.test(headers.get('retry-after') ?? '')
    ? `a ${status} without Retry-After`
    : undefined;
}

function headerFault({ headers }: WireAnswer): string | undefined {
  const expected: (readonly [string, RegExp])[] = [
    ['x-request-id', REQUEST_ID],
    ['traceparent', TRACEPARENT],
    ['x-content-type-options', /^nosniff$/],
    ['cache-control', /./],
  ];
  // What is no document has no need of a policy; a problem is shown where a document was asked for.
  if (/html|problem/.test(headers.get('content-type') ?? ''))
    expected.push(['content-security-policy', /^default-src 'none'/]);
  const bad = expected.find(([name, form]) => !form.test(headers.get(name) ?? ''));
  return bad && `the header ${bad[0]} is "${headers.get(bad[0]) ?? ''}"`;
}

function callFault(
  api: OpenApi,
  sent: RequestCase,
  sender: Sender | undefined,
  answer: WireAnswer,
): string | undefined {
  const operation = api.find(sent.method, pathOf(sent.target));
  if (!operation) return undefined;
  const refused = sender && accessFault(operation, sender, answer.status);
  if (refused) return refused;
  // HEAD answers like GET, without what there is to look at.
  return api.faultOf(operation, {
    method: sent.method,
    status: answer.status,
    header: (name) => answer.headers.get(name.toLowerCase()),
    text: answer.body.toString('utf8'),
  });
}

/** Who may not call gets no other answer than that. */
function accessFault({ roles }: Operation, sender: Sender, status: number): string | undefined {
  if (sender.role === 'none' && status !== 401 && status !== 429) return `a ${status} for nobody`;
  const isRefused = status === 401 || status === 403;
  if (sender.role !== 'none' && !mayCall(sender.role, roles) && !isRefused)
    return `a ${status} for a ${sender.role}`;
  return undefined;
}

function pathOf(target: string): string {
  return target.split(/[?#]/)[0]!;
}

function isBeforeRouting({ method }: RequestCase, { headers, body }: WireAnswer): boolean {
  if (method === 'HEAD') return headers.get('connection') === 'close';
  return (parsed(body) as { instance?: unknown } | undefined)?.instance === '';
}

function parsed(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'));
  } catch {
    return undefined;
  }
}
