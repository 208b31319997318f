import { Empty } from '../components/empty.js';
import { PageTitle, Panel } from '../components/panel.js';
import { Problem } from '../components/problem.js';
import { Spark } from '../components/spark.js';
import { Table } from '../components/table.js';
import { getJson } from '../core/api.js';
import { useTopic } from '../core/live.js';
import { useLoad } from '../core/load.js';
import { formatAge, formatRate, heard, newest, remarksOn, useTicks } from '../core/rates.js';
import { href } from '../core/router.js';
import { t } from '../i18n/index.js';
import { html, useEffect, useMemo, useRef, useState } from '../vendor.js';
import { Followed } from './rates-followed.js';

const SHOW_MS = 1_000;

/** Every pair with its rate now, where that is from, and how old it is; below, what is followed. */
export function RatesPage() {
  const { courses, error, isLoading } = useCourses();
  const [words, setWords] = useState('');
  const wanted = words.trim().toUpperCase();
  const rows = courses.filter(({ direction }) => direction.includes(wanted));
  return html`<${PageTitle} title=${t('page.rates')} />
    <${Panel} title=${t('rates.pairs')} className="list">
      <${Problem} error=${error} />
      ${
        courses.length > 0 &&
        html`<div class="filters">
          <label class="filter text">
            <span>${t('rates.search')}</span>
            <input
              type="search"
              spellcheck=${false}
              autocomplete="off"
              value=${words}
              onInput=${(e) => setWords(e.target.value)}
            />
          </label>
        </div>`
      }
      ${
        rows.length > 0 &&
        html`<${Table}
          caption=${t('rates.pairs')}
          columns=${columns()}
          rows=${rows}
          rowKey=${({ direction }) => direction}
          className="rates"
        />`
      }
      ${isLoading && html`<p class="soft loading">${t('loading')}</p>`}
      ${!isLoading && !error && rows.length === 0 && html`<${Empty} title=${t(wanted ? 'rates.noneMatch' : 'rates.none')}>${wanted ? '' : t('rates.noneHint')}<//>`}
    <//>
    <${Followed} />`;
}

/** All courses, in the order of their pairs; they change as often as can be read. */
function useCourses() {
  const { data, askedAt, error, loading } = useLoad((signal) => getJson('api/v1/courses', { signal }), []);
  const known = useRef(new Map());
  const keep = (course) => known.current.set(course.direction, course);
  const keepNewest = (course) => keep(newest(known.current.get(course.direction), course, askedAt));
  useEffect(() => data?.courses.forEach(keepNewest), [data]);
  useTopic('rates', {
    onSnapshot: ({ courses }) => courses.forEach((course) => keep(heard(course))),
    onEvent: ({ type, data: course }) => type === 'rates.course-updated' && keep(heard(course)),
  });
  useTicks(SHOW_MS);
  const names = [...known.current.keys()].sort();
  const order = useMemo(() => names, [names.join()]);
  return {
    courses: order.map((name) => known.current.get(name)),
    error,
    isLoading: loading && order.length === 0,
  };
}

const columns = () => [
  {
    key: 'pair',
    title: t('column.pair'),
    head: true,
    render: ({ direction }) => html`<a href=${href(`/rates/${direction}`)}>${direction}</a>`,
  },
  {
    key: 'rate',
    title: t('column.rate'),
    numeric: true,
    render: (course) => html`<span title=${course.value_text}>${formatRate(course.value_text)}</span>`,
  },
  {
    key: 'hour',
    title: t('rates.lastHour'),
    render: (course) => html`<${Spark} pair=${course.direction} value=${course.value_text} />`,
  },
  { key: 'exchanger', title: t('column.exchanger'), render: (course) => course.exchanger },
  {
    key: 'age',
    title: t('column.age'),
    numeric: true,
    render: formatAge,
  },
  {
    key: 'remarks',
    title: t('column.remarks'),
    grow: true,
    render: (course) =>
      html`<span class=${course.stale ? 'changed' : 'soft'}>${remarksOn(course).join(', ')}</span>`,
  },
];
