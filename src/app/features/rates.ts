import { createRatesModule } from '../../modules/rates/index.js';
import type { RateMeter } from '../../modules/rates/index.js';
import type { Metrics } from '../../platform/metrics/metrics.js';
import type { Foundation } from '../foundation.js';

/** Exchange rates: sources, history and courses in memory. */
export function createRates(foundation: Foundation) {
  const { config, db, clock, log, events, broker, live, owner, metrics } = foundation;
  const rates = createRatesModule({
    ...{ db, clock, log: log.child({ module: 'rates' }), events, broker, live, owner },
    random: Math.random,
    meter: createMeter(metrics),
    config: { ...config.rates, idempotencyTtlMs: config.tasks.idempotencyTtlMs },
  });
  metrics.gauge('switchyard_rates_pairs', 'Pairs of which a course is known', () => rates.api.pairs().length);
  metrics.gauge(
    'switchyard_rates_stale_pairs',
    'Pairs whose course is stale',
    () => rates.api.courses().filter(({ stale }) => stale).length,
  );
  return rates;
}

function createMeter(metrics: Metrics): RateMeter {
  const taken = metrics.counter('switchyard_rates_taken_total', 'Prices taken into memory', ['source']);
  const help = 'Prices and messages that were left out';
  const dropped = metrics.counter('switchyard_rates_dropped_total', help, ['source', 'reason']);
  const skewed = metrics.counter(
    'switchyard_rates_skewed_total',
    'Prices whose time is ahead of ours, or far behind it',
    ['source', 'how'],
  );
  const lost = metrics.counter(
    'switchyard_rates_lost_minutes_total',
    'Minutes of the history that were given up, as the database was away for too long',
  );
  return {
    lostMinutes: (count) => lost.inc({}, count),
    taken: (source) => taken.inc({ source }),
    dropped: (source, reason) => dropped.inc({ source, reason }),
    skewed: (source, how) => skewed.inc({ source, how }),
  };
}
