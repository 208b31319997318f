import { Plot } from '../components/plot.js';
import { formatDuration, formatNumber } from '../core/format.js';
import { hourOf } from '../core/overview-state.js';
import { t } from '../i18n/index.js';
import { html, useMemo } from '../vendor.js';

const COLORS = ['series-1', 'series-2', 'series-3', 'series-4', 'series-5', 'series-6'];
const MOST_QUEUES = COLORS.length;
const NOW = { at: new Date(0).toISOString(), minutes: [] };

/** The last hour. The places are there before the data is, so that nothing moves. */
export function OverviewPlots({ overview }) {
  const { times, throughput, latency, queues, loop } = useMemo(() => plotsOf(overview ?? NOW), [overview]);
  const empty = overview && overview.minutes.length < 2 ? t('plot.begins') : undefined;
  return html`<div class="plots">
    <${Plot}
      title=${t('plot.throughput')}
      times=${times}
      series=${throughput}
      format=${formatNumber}
      whole
      empty=${empty}
    />
    <${Plot} title=${t('plot.latency')} times=${times} series=${latency} format=${formatDuration} />
    <${Plot} title=${t('plot.queues')} times=${times} series=${queues} format=${formatNumber} whole />
    <${Plot} title=${t('plot.loop')} times=${times} series=${loop} format=${formatDuration} />
  </div>`;
}

function plotsOf(overview) {
  const { times, valuesOf } = hourOf(overview);
  const series = (key, color, kind, of) => ({ label: t(`series.${key}`), color, kind, values: valuesOf(of) });
  const names = namesOf(overview.minutes);
  return {
    times,
    throughput: [
      series('completed', 'good', 'bars', (minute) => minute.completed),
      series('failed', 'bad', 'bars', (minute) => minute.failed),
      series('cancelled', 'off', 'bars', (minute) => minute.cancelled),
    ],
    latency: [
      series('p50', 'series-1', 'line', (minute) => minute.latency_p50_ms),
      series('p95', 'series-2', 'line', (minute) => minute.latency_p95_ms),
    ],
    queues: [
      series('waiting', 'series-1', 'area', (minute) => minute.waiting),
      ...names.map((name, index) => ({
        label: t.optional(`queue.${name}`) ?? name,
        color: COLORS[index + 1],
        kind: 'line',
        values: valuesOf((minute) => minute.queues[name]),
      })),
    ],
    loop: [series('loop', 'series-3', 'area', (minute) => minute.loop_delay_ms)],
  };
}

/** Queues in which something waited; those that are always empty would only crowd the plot. */
function namesOf(minutes) {
  const used = minutes.flatMap(({ queues }) => Object.keys(queues).filter((name) => queues[name] > 0));
  return [...new Set(used)].slice(0, MOST_QUEUES - 1);
}
