import type { Clock } from '../../kernel/clock.js';
import { toRfc3339 } from '../../kernel/clock.js';
import type { AttemptContext, CompletedOutcome, Outcome, Task, TaskRunner } from '../tasks/index.js';
import type { Aggregate, AggregateAtOnce, AggregateCalls } from './aggregate.js';
import type { AnswerReports } from './answer-report.js';
import type { PhoneStats } from './phone-stats.js';
import { renderData, renderRestReport } from './render-report.js';
import type { ReportBodyParts } from './render-report.js';
import type { RateUsed } from './report-currency.js';
import { REPORT_TASK, decodePayload } from './report-payload.js';

export interface ReportRunnerDeps {
  clock: Clock;
  aggregate: AggregateCalls;
  /** The same from memory, where all of it is there. */
  aggregateAtOnce: AggregateAtOnce;
  /** Turns stats into the JSON text of `data`, on a thread where there are many. */
  renderData(stats: readonly PhoneStats[], rate: RateUsed | undefined, signal: AbortSignal): Promise<string>;
  answer: AnswerReports;
  concurrency: number;
  maxAttempts: number;
}

/** Up to here the event loop does it faster than a thread can be asked; the time is well under 1 ms. */
export const INLINE_PHONES = 200;
/** Names in an error message before it says how many more there are. */
const MOST_NAMED = 20;

/** Does report tasks. */
export function createReportRunner(deps: ReportRunnerDeps): TaskRunner {
  return {
    type: REPORT_TASK,
    concurrency: deps.concurrency,
    maxAttempts: deps.maxAttempts,
    beginsLater: true,
    run: (task, context) => runReport(deps, task, context),
    atOnce: (task) => reportAtOnce(deps, task),
    ended: (tx, ended) => deps.answer(tx, ended),
  };
}

async function runReport(deps: ReportRunnerDeps, task: Task, context: AttemptContext): Promise<Outcome> {
  const { signal, begin } = context;
  const startedAt = deps.clock.monotonic();
  const { phones, period, rate } = decodePayload(task.payload);
  const aggregate = await deps.aggregate(
    { phones, period },
    { signal, begin, onProgress: ({ bytesRead, bytesTotal }) => context.progress(bytesRead, bytesTotal) },
  );
  // Where no pass was needed, the work begins here.
  await begin();
  if (aggregate.stats.length === 0) return noneFound(aggregate);
  const parts: ReportBodyParts = {
    data: await deps.renderData(aggregate.stats, rate, signal),
    notFound: aggregate.notFound,
    skippedRecords: aggregate.skippedRecords,
    totalDurationS: (deps.clock.monotonic() - startedAt) / 1_000,
    ...(rate && { rate }),
  };
  return completed(task, parts);
}

/** A report of which nothing was found is an error, and takes the way of the others. */
async function reportAtOnce(deps: ReportRunnerDeps, task: Task): Promise<CompletedOutcome | undefined> {
  const startedAt = deps.clock.monotonic();
  const { phones, period, rate } = decodePayload(task.payload);
  if (phones.length > INLINE_PHONES) return undefined;
  const aggregate = await deps.aggregateAtOnce({ phones, period });
  if (!aggregate || aggregate.stats.length === 0) return undefined;
  return completed(task, {
    data: renderData(aggregate.stats, rate),
    notFound: aggregate.notFound,
    skippedRecords: aggregate.skippedRecords,
    totalDurationS: (deps.clock.monotonic() - startedAt) / 1_000,
    ...(rate && { rate }),
  });
}

function completed(task: Task, parts: ReportBodyParts): CompletedOutcome {
  const body = renderRestReport(parts, {
    received: toRfc3339(task.createdAt),
    taskFrom: task.source === 'queue' ? 'report_service' : 'client_api',
    correlationId: task.correlationId ?? 'null',
  });
  return {
    kind: 'completed',
    result: { contentType: 'application/json; charset=utf-8', body },
    extra: parts,
  };
}

function noneFound({ notFound }: Aggregate): Outcome {
  const named = notFound.slice(0, MOST_NAMED).join(', ');
  const more = notFound.length > MOST_NAMED ? ` and ${notFound.length - MOST_NAMED} more` : '';
  const message = `No attempts found for phones ${named}${more}`;
  return { kind: 'failed', code: 'reports.phones-not-found', message, retryable: false };
}
