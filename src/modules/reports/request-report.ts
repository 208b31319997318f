import type { TraceContext } from '../../kernel/trace.js';
import type { Tx } from '../../kernel/tx.js';
import type { Idempotency, NewTask, Task, TaskSource, TasksApi } from '../tasks/index.js';
import { REPORT_TASK, encodePayload, phoneKeys } from './report-payload.js';
import type { ReportPayload } from './report-payload.js';

/** A report to be made, checked already. */
export interface NewReport extends ReportPayload {
  source: TaskSource;
  /** The token, or the queue. */
  createdBy: string;
  trace: TraceContext;
  /** Raw JSON token, echoed as it came. */
  correlationId: string;
}

/** Accepts a report over REST; durable when it resolves. */
export function requestReport(tasks: TasksApi, report: NewReport, idempotency?: Idempotency): Promise<Task> {
  return tasks.submit(taskOf(report), idempotency);
}

/** Accepts a report in the transaction that takes its message. */
export async function acceptReport(tasks: TasksApi, tx: Tx, report: NewReport): Promise<void> {
  tasks.add(tx, await tasks.prepare(taskOf(report)));
}

function taskOf({ phones, period, rate, replyTo, ...rest }: NewReport): NewTask {
  const payload = encodePayload({ phones, period, ...(rate && { rate }), ...(replyTo && { replyTo }) });
  return { ...rest, type: REPORT_TASK, payload, keys: phoneKeys(phones) };
}
