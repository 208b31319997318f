import type { Clock } from '../../kernel/clock.js';
import { newUuid } from '../../kernel/ids.js';
import { readTopLevelToken } from '../../kernel/raw-json.js';
import { traceFrom } from '../../kernel/trace.js';
import type { TraceContext } from '../../kernel/trace.js';
import type { Tx } from '../../kernel/tx.js';
import type { Delivery, DeliveryHandler, Settlement } from '../../platform/broker/broker.js';
import { CORRELATION_ID_MAX } from './report-task.js';
import type { TasksApi } from './report-task.js';
import { answerInvalid } from './answer-report.js';
import type { AnswerDeps, ReplyTo } from './answer-report.js';
import { parseReportRequest, shown } from './report-request.js';
import { acceptReport } from './request-report.js';

export interface TaskReportConsumerDeps extends AnswerDeps {
  clock: Clock;
  tasks: TasksApi;
  mostPhones: number;
  mostBytes: number;
  /** The raw `correlation_id` of a body that is too large to be read here; off the event loop. */
  correlationIdOf: (body: Buffer) => Promise<string | undefined>;
  /** Whether a reply may go to that queue. */
  replyAllowed: (queue: string) => boolean;
}

type Judged = { ok: true; phones: unknown; correlationId: string; from: unknown; to: unknown } | Refused;
interface Refused {
  ok: false;
  reason: string;
  detail: string;
  correlationId?: string;
}

const utf8 = new TextDecoder('utf-8', { fatal: true });

/**
 * Takes report jobs from `task_report`.
 *
 * | what came | what happens |
 * | a valid job | a task; acknowledged |
 * | no JSON, no object, missing or wrong fields, too large | dead letter with the reason; an `Error` answer where `correlation_id` can be read |
 * | the ledger takes no more work, or is away | requeued after a pause |
 */
export function createTaskReportConsumer(deps: TaskReportConsumerDeps): DeliveryHandler {
  return async (delivery, tx) => {
    const trace = traceFrom(delivery.headers['traceparent'], newUuid(deps.clock.now()));
    const replyTo = replyOf(deps, delivery);
    const judged = delivery.body.length > deps.mostBytes ? await tooLarge(deps, delivery) : judge(delivery);
    if (!judged.ok) return refuse(deps, tx, judged, replyTo, trace);
    const parsed = parseReportRequest(judged, 'phones', deps.mostPhones);
    if (!parsed.ok) {
      const detail = parsed.errors.map((error) => `${error.pointer} ${error.detail}`).join('; ');
      return refuse(
        deps,
        tx,
        { ok: false, reason: 'invalid-job', detail, correlationId: judged.correlationId },
        replyTo,
        trace,
      );
    }
    await acceptReport(deps.tasks, tx, {
      ...parsed.request,
      ...(replyTo && { replyTo }),
      source: 'queue',
      createdBy: delivery.queue,
      trace,
      correlationId: judged.correlationId,
    });
    return { kind: 'taken' };
  };
}

/** Reads as much as can be read: a job that is refused is still answered where its correlation id is known. */
function judge(delivery: Delivery): Judged {
  let text: string;
  let value: unknown;
  try {
    text = utf8.decode(delivery.body);
    value = JSON.parse(text);
  } catch {
    return { ok: false, reason: 'invalid-json', detail: 'must be JSON in UTF-8' };
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return { ok: false, reason: 'not-an-object', detail: `must be a JSON object, got ${shown(value)}` };
  }
  return judgeFields(value as Record<string, unknown>, text);
}

async function tooLarge(
  { mostBytes, correlationIdOf }: TaskReportConsumerDeps,
  { body }: Delivery,
): Promise<Refused> {
  const detail = `must be at most ${mostBytes} bytes, got ${body.length}`;
  const correlationId = await correlationIdOf(body);
  if (correlationId === undefined || correlationId.length > CORRELATION_ID_MAX) {
    return { ok: false, reason: 'too-large', detail };
  }
  return { ok: false, reason: 'too-large', detail, correlationId };
}

function judgeFields(value: Record<string, unknown>, text: string): Judged {
  const id = value['correlation_id'];
  const correlationId = readTopLevelToken(text, 'correlation_id');
  if (correlationId === undefined || (typeof id !== 'string' && typeof id !== 'number')) {
    const detail = `/correlation_id must be a string or a number, got ${shown(id)}`;
    return { ok: false, reason: 'invalid-job', detail };
  }
  if (correlationId.length > CORRELATION_ID_MAX) {
    const detail = `/correlation_id must be at most ${CORRELATION_ID_MAX} characters, got ${correlationId.length}`;
    return { ok: false, reason: 'invalid-job', detail };
  }
  return { ok: true, phones: value['phones'], correlationId, from: value['from'], to: value['to'] };
}

function refuse(
  deps: TaskReportConsumerDeps,
  tx: Tx,
  refused: Refused,
  replyTo: ReplyTo | undefined,
  trace: TraceContext,
): Settlement {
  const { correlationId, detail: error } = refused;
  if (correlationId !== undefined) {
    answerInvalid(deps, tx, {
      correlationId,
      error,
      traceparent: trace.traceparent,
      ...(replyTo && { replyTo }),
    });
  }
  return { kind: 'dead', reason: refused.reason, detail: refused.detail };
}

function replyOf(deps: TaskReportConsumerDeps, delivery: Delivery): ReplyTo | undefined {
  const { replyTo, correlationId } = delivery;
  if (replyTo === undefined || correlationId === undefined || !deps.replyAllowed(replyTo)) return undefined;
  return { queue: replyTo, correlationId };
}
