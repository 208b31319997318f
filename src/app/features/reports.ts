import { createAggregator, createReportsModule } from '../../modules/reports/index.js';
import { deadQueueOf, replyToAllowed } from '../../platform/broker/index.js';
import type { RateTo } from '../../modules/reports/index.js';
import type { RatesApi } from '../../modules/rates/index.js';
import type { Foundation } from '../foundation.js';

/** Call-attempt reports, with the aggregator that reads the data file for them. */
export function createReports(foundation: Foundation, rates: Pick<RatesApi, 'convert'>) {
  const { config, clock, tasks, outbox, pool, cache, metrics } = foundation;
  const aggregator = createAggregator({
    ...{ pool, cache, clock, log: foundation.log.child({ module: 'reports' }) },
    dataFile: config.data.file,
    settleMs: config.data.settleMs,
    invalidRecords: config.data.invalidRecords,
    ttlMs: config.cache.ttlMs,
    memoryBytes: config.cache.memoryBytes,
    maxPeriods: config.reports.maxPeriods,
  });
  const { taskQueue, readyQueue, maxPhones, concurrency } = config.reports;
  const ownQueues = [taskQueue, readyQueue].flatMap((queue) => [queue, deadQueueOf(queue)]);
  const reports = createReportsModule({
    ...{ clock, tasks: tasks.api, outbox, pool },
    aggregate: aggregator.aggregate,
    aggregateAtOnce: aggregator.atOnce,
    rateTo: rateFrom(config.reports.baseCurrency, rates),
    replyAllowed: (queue) => replyToAllowed(queue, { prefixes: config.broker.replyToPrefixes, ownQueues }),
    config: {
      ...{ taskQueue, readyQueue, concurrency },
      mostPhones: maxPhones,
      mostMessageBytes: config.broker.messageMaxBytes,
      prefetch: config.broker.prefetch,
      maxAttempts: config.tasks.maxAttempts,
    },
  });
  metrics.gauge('switchyard_data_passes', 'Passes over the data file since the start', () =>
    aggregator.passes(),
  );
  return {
    ...reports,
    parts: () => ({ data: aggregator.state() }),
    start: () => aggregator.start(),
    stop: () => aggregator.stop(),
  };
}

/** Rates from the currency of the reports' prices. */
function rateFrom(base: string, { convert }: Pick<RatesApi, 'convert'>): RateTo {
  return (currency) => {
    const conversion = convert(base, currency, '1');
    if (!conversion) return undefined;
    const { to, rate, path, updatedAt, stale } = conversion;
    return { currency: to, base, rate, at: updatedAt, path, stale };
  };
}
