import { PageTitle } from '../components/panel.js';
import { Plot } from '../components/plot.js';
import { Problem } from '../components/problem.js';
import { State } from '../components/state.js';
import { getJson, withQuery } from '../core/api.js';
import { formatMinute, formatTime } from '../core/format.js';
import { useTopic } from '../core/live.js';
import { useLoad } from '../core/load.js';
import { formatAge, formatRate, heard, historyOf, newest, remarksOn, useTicks } from '../core/rates.js';
import { href, route, setQuery } from '../core/router.js';
import { useStore } from '../core/store.js';
import { t } from '../i18n/index.js';
import { html, useEffect, useMemo, useState } from '../vendor.js';
import { Alerts } from './alerts-list.js';

/** What is shown: candles of such a length, and how many. */
const SPANS = {
  '1m': { minutes: 1, count: 120 },
  '5m': { minutes: 5, count: 288 },
  '1h': { minutes: 60, count: 168 },
  '1d': { minutes: 1_440, count: 365 },
};
const SHOW_MS = 1_000;
const EMPTY = [];

/** One pair: its rate now, how it got there, and who waits for it. */
export function RatePage({ id: pair }) {
  const [course, setCourse] = useState(null);
  const path = withQuery('api/v1/currency_pair', { currency_pair: pair });
  const { data, askedAt, error } = useLoad((signal) => getJson(path, { signal }), [pair]);
  useEffect(() => data && setCourse((known) => newest(known, data.courses[0], askedAt)), [data]);
  useTopic(`rates.${pair}`, {
    onSnapshot: (found) => found && setCourse(heard(found)),
    onEvent: ({ type, data: found }) => type === 'rates.course-updated' && setCourse(heard(found)),
  });
  return html`<p class="crumbs"><a href=${href('/rates')}>${t('page.rates')}</a></p>
    <${PageTitle} title=${pair}>${course && html`<${Standing} course=${course} />`}<//>
    <${Problem} error=${error} />
    <${Figures} course=${course} />
    <${History} pair=${pair} course=${course} />
    <${Alerts} pair=${pair} />`;
}

function Standing({ course }) {
  const remarks = remarksOn(course);
  return html`<p class="standing">
    <${State}
      state=${course.stale ? 'degraded' : 'ok'}
      label=${t(course.stale ? 'rates.stale' : 'rates.fresh')}
    />
    <span class="soft">${remarks.filter((_, index) => index > 0 || !course.stale).join(', ')}</span>
  </p>`;
}

function Figures({ course }) {
  useTicks(SHOW_MS);
  const figures = [
    ['rate', t('column.rate'), course && formatRate(course.value_text)],
    ['source', t('column.exchanger'), course?.exchanger],
    ['age', t('column.age'), course && formatAge(course)],
  ];
  return html`<dl class="figures">
    ${figures.map(
      ([key, title, text]) =>
        html`<div key=${key}>
          <dt>${title}</dt>
          <dd>${text ?? '–'}</dd>
        </div>`,
    )}
  </dl>`;
}

function History({ pair, course }) {
  const { query } = useStore(route);
  const span = SPANS[query.span] ? query.span : '1m';
  const { minutes, count } = SPANS[span];
  const { data, error } = useLoad(
    (signal) => getJson(historyOf(pair, { interval: span, limit: count }), { signal }),
    [pair, span],
  );
  const candles = useMemo(
    () => withCourse(data?.items ?? EMPTY, course, minutes * 60_000),
    [data, course?.value_text, course?.updated_at, minutes],
  );
  const { times, series } = useMemo(() => plotOf(candles), [candles]);
  const isEmpty = data && candles.length < 2;
  return html`<${Problem} error=${error} />
    <div class="plots single">
      <${Plot}
        key=${span}
        title=${t('rates.history')}
        times=${times}
        series=${series}
        format=${formatRate}
        formatTime=${minutes < 60 ? formatMinute : (ms) => formatTime(new Date(ms).toISOString())}
        fitted
        empty=${isEmpty ? t('rates.historyBegins') : undefined}
      />
    </div>
    <div class="choices" role="group" aria-label=${t('rates.span')}>
      ${Object.keys(SPANS).map(
        (name) =>
          html`<button
            type="button"
            class="button quiet"
            key=${name}
            aria-pressed=${name === span ? 'true' : 'false'}
            onClick=${() => setQuery({ span: name })}
          >
            ${t(`span.${name}`)}
          </button>`,
      )}
    </div>`;
}

/** The candles with the rate of now at their end, which is not stored yet. */
function withCourse(items, course, stepMs) {
  const candles = items.map(({ at, high, low, close }) => ({
    at: Date.parse(at),
    high: Number(high),
    low: Number(low),
    close: Number(close),
  }));
  if (!course || course.stale) return candles;
  const value = Number(course.value_text);
  const at = Math.floor(Date.parse(course.updated_at) / stepMs) * stepMs;
  const last = candles.at(-1);
  if (last && at < last.at) return candles;
  const open = last?.at === at ? candles.pop() : { high: value, low: value };
  return [...candles, { at, high: Math.max(open.high, value), low: Math.min(open.low, value), close: value }];
}

function plotOf(candles) {
  const series = (label, color, kind, of) => ({ label, color, kind, values: candles.map(of) });
  return {
    times: candles.map(({ at }) => at),
    series: [
      series(t('rates.close'), 'series-1', 'line', ({ close }) => close),
      series(t('rates.high'), 'series-5', 'line', ({ high }) => high),
      series(t('rates.low'), 'series-2', 'line', ({ low }) => low),
    ],
  };
}
