import type { Clock } from '../../kernel/clock.js';
import type { Outbox } from '../../kernel/outbox.js';
import { deadQueueOf } from '../../platform/broker/index.js';
import type { WorkerPool } from '../../platform/worker-pool/worker-pool.js';
import type { TasksApi } from '../tasks/index.js';
import type { AggregateAtOnce, AggregateCalls } from './aggregate.js';
import { createReportAnswering } from './answer-report.js';
import { hotReport } from './hot-report.js';
import type { PhoneStats } from './phone-stats.js';
import { renderData } from './render-report.js';
import type { RateTo, RateUsed } from './report-currency.js';
import type { DataToRender } from './render-report-data.js';
import { reportToCsv } from './report-csv.js';
import { reportMessages } from './report-messages.js';
import { INLINE_PHONES, createReportRunner } from './report.runner.js';
import { ReportsController } from './reports.controller.js';
import { createTaskReportConsumer } from './task-report.consumer.js';

export { createAggregator } from './aggregator.js';
export type { Aggregator } from './aggregator.js';
export { checkDataEnds, type DataEnds } from './check-data-ends.js';
export { writeSampleData } from './sample-data.js';
export { REPORT_TASK } from './report-payload.js';
export type { RateTo, RateUsed } from './report-currency.js';

/** Up to here the event loop does it faster than a thread can be asked. */
const INLINE_CSV_BYTES = 64 * 1024;

export interface ReportsConfig {
  taskQueue: string;
  readyQueue: string;
  mostPhones: number;
  mostMessageBytes: number;
  prefetch: number;
  concurrency: number;
  maxAttempts: number;
}

export interface ReportsDeps {
  clock: Clock;
  tasks: TasksApi;
  outbox: Outbox;
  pool: WorkerPool;
  aggregate: AggregateCalls;
  aggregateAtOnce: AggregateAtOnce;
  replyAllowed: (queue: string) => boolean;
  /** From the currency of the prices to another. Default: there is none. */
  rateTo?: RateTo;
  config: ReportsConfig;
}

/** Call-attempt reports from the data file, over REST and queues. */
export function createReportsModule(deps: ReportsDeps) {
  const { clock, tasks, outbox, pool, config, rateTo = () => undefined } = deps;
  const answering = { clock, outbox, readyQueue: config.readyQueue };

  async function render(
    stats: readonly PhoneStats[],
    rate: RateUsed | undefined,
    signal: AbortSignal,
  ): Promise<string> {
    if (stats.length <= INLINE_PHONES) return renderData(stats, rate);
    return pool.run<DataToRender, string>('renderReportData', { stats, rate }, { signal });
  }

  async function toCsv(body: string): Promise<string> {
    return body.length <= INLINE_CSV_BYTES
      ? reportToCsv(body)
      : pool.run<string, string>('reportToCsv', body);
  }

  return {
    name: 'reports',
    messages: reportMessages({ ...config, deadQueue: deadQueueOf(config.taskQueue) }),
    hotReads: [hotReport(tasks)],
    controllers: [new ReportsController({ tasks, mostPhones: config.mostPhones, toCsv, rateTo })],
    consumers: [
      {
        queue: config.taskQueue,
        prefetch: config.prefetch,
        handler: createTaskReportConsumer({
          ...answering,
          tasks,
          mostPhones: config.mostPhones,
          mostBytes: config.mostMessageBytes,
          correlationIdOf: (body) => pool.run<Uint8Array, string | undefined>('readJobCorrelationId', body),
          replyAllowed: deps.replyAllowed,
        }),
      },
    ],
    topology: {
      exchanges: [],
      queues: [
        { queue: config.taskQueue, bindings: directBinding(config.taskQueue), deadLetters: true },
        { queue: config.readyQueue, bindings: directBinding(config.readyQueue) },
      ],
    },
    runners: [
      createReportRunner({
        clock,
        aggregate: deps.aggregate,
        aggregateAtOnce: deps.aggregateAtOnce,
        renderData: render,
        answer: createReportAnswering(answering),
        concurrency: config.concurrency,
        maxAttempts: config.maxAttempts,
      }),
    ],
  };
}

/** Some producers publish to `amq.direct` under the queue's own name. */
function directBinding(queue: string) {
  return [{ exchange: 'amq.direct', routingKey: queue }];
}
