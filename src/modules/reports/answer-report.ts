import type { Clock } from '../../kernel/clock.js';
import { newUuid } from '../../kernel/ids.js';
import type { Tx } from '../../kernel/tx.js';
import type { Outbox } from '../../kernel/outbox.js';
import type { EndedTask } from '../tasks/index.js';
import { queueTime, renderQueueError, renderQueueReport } from './render-report.js';
import type { ReportBodyParts } from './render-report.js';
import { decodePayload } from './report-payload.js';

export interface AnswerDeps {
  clock: Clock;
  outbox: Outbox;
  /** Where answers go: `ready_report`. */
  readyQueue: string;
}

export type AnswerReports = (tx: Tx, ended: EndedTask) => void;

export interface ReplyTo {
  queue: string;
  correlationId?: string;
}

/** Writes the answer of a job that came by queue, into the transaction in which it ends. */
export function createReportAnswering(deps: AnswerDeps): AnswerReports {
  return (tx, ended) => {
    if (ended.task.source !== 'queue') return;
    const { replyTo } = decodePayload(ended.task.payload);
    sendAnswer(deps, tx, Buffer.from(bodyOf(ended)), replyTo, ended.task.traceparent);
  };
}

/** The answer to a message that is no valid job, where its correlation id could be read. */
export function answerInvalid(
  deps: AnswerDeps,
  tx: Tx,
  invalid: { correlationId: string; error: string; replyTo?: ReplyTo; traceparent: string },
): void {
  const taskReceived = queueTime(deps.clock.now());
  const body = renderQueueError({ taskReceived, correlationId: invalid.correlationId, error: invalid.error });
  sendAnswer(deps, tx, Buffer.from(body), invalid.replyTo, invalid.traceparent);
}

function sendAnswer(
  deps: AnswerDeps,
  tx: Tx,
  body: Buffer,
  replyTo: ReplyTo | undefined,
  traceparent: string,
): void {
  const now = deps.clock.now();
  const message = { exchange: '', body, type: 'report.ready.v1', timestampMs: now, headers: { traceparent } };
  deps.outbox.add(tx, { ...message, routingKey: deps.readyQueue, messageId: newUuid(now) });
  if (!replyTo) return;
  const { queue: routingKey, correlationId } = replyTo;
  deps.outbox.add(tx, {
    ...message,
    routingKey,
    messageId: newUuid(now),
    ...(correlationId !== undefined && { correlationId }),
  });
}

function bodyOf({ task, ending, errorMessage, extra }: EndedTask): string {
  const taskReceived = queueTime(task.createdAt);
  const correlationId = task.correlationId ?? 'null';
  if (ending === 'completed')
    return renderQueueReport(extra as ReportBodyParts, { taskReceived, correlationId });
  const error = errorMessage ?? (ending === 'cancelled' ? 'The task was cancelled' : 'The task failed');
  return renderQueueError({ taskReceived, correlationId, error });
}
