import { ActButton } from '../components/button.js';
import { Icon } from '../components/icon.js';
import { Pager } from '../components/pager.js';
import { Panel } from '../components/panel.js';
import { Problem } from '../components/problem.js';
import { Table } from '../components/table.js';
import { Time } from '../components/time.js';
import { call, getJson } from '../core/api.js';
import { formatDuration, formatNumber } from '../core/format.js';
import { useLoad } from '../core/load.js';
import { classesOf, sorted } from '../core/report.js';
import { saveFile } from '../core/save.js';
import { t } from '../i18n/index.js';
import { html, useMemo, useState } from '../vendor.js';
import { DurationBar, DurationClasses } from './report-bars.js';

const PER_PAGE = 50;

/** A report that is ready: what it comes to, its phones in a table that sorts, and all of it as CSV. */
export function ReportResult({ id }) {
  const { data: report, error } = useLoad((signal) => getJson(`api/v1/report/${id}`, { signal }), [id]);
  const download = async () => {
    const answer = await call(`api/v1/report/${id}`, { headers: { Accept: 'text/csv' } });
    saveFile(await answer.blob(), `report-${id}.csv`);
  };
  const actions = report && html`<${ActButton} act=${download}><${Icon} name="save" />${t('report.csv')}<//>`;
  return html`<${Panel} title=${t('report.result')} className="result" actions=${actions}>
    <${Problem} error=${error} />
    ${report && html`<${Report} report=${report} />`}
  <//>`;
}

function Report({ report }) {
  const { data, not_found: notFound = [], skipped_records: skipped = 0 } = report;
  const [sort, setSort] = useState({ key: null, descending: false });
  const [first, setFirst] = useState(0);
  const rows = useMemo(() => (sort.key === null ? data : sorted(data, sort)), [data, sort]);
  const onSort = (key) => {
    setSort({ key, descending: sort.key === key ? !sort.descending : key !== 'phone' });
    setFirst(0);
  };
  const last = Math.min(rows.length, first + PER_PAGE);
  return html`<p class="standing">
      <span role="status">${t('report.ready', { n: data.length })}</span>
      <span class="soft"
        >${t('report.took', { duration: formatDuration(report.total_duration * 1_000) })}</span
      >
      <span class="soft"><${Time} at=${report.received} /></span>
    </p>
    ${notFound.length > 0 && html`<p class="note">${t('report.notFound', { n: notFound.length, phones: named(notFound) })}</p>`}
    ${skipped > 0 && html`<p class="note">${t('report.skipped', { n: skipped })}</p>`}
    <${DurationClasses} rows=${data} />
    <${Table}
      caption=${t('report.table')}
      columns=${columns()}
      rows=${rows.slice(first, last)}
      rowKey=${(row) => row.phone}
      sort=${sort}
      onSort=${onSort}
      cards=${false}
      className="phones"
    />
    ${
      rows.length > PER_PAGE &&
      html`<${Pager}
        onBack=${first > 0 ? () => setFirst(Math.max(0, first - PER_PAGE)) : undefined}
        onNext=${last < rows.length ? () => setFirst(first + PER_PAGE) : undefined}
        >${t('pager.range', { from: first + 1, to: last, n: rows.length })}<//
      >`
    }`;
}

const MOST_NAMED = 20;

function named(phones) {
  const first = phones.slice(0, MOST_NAMED).join(', ');
  return phones.length > MOST_NAMED ? `${first}…` : first;
}

/** A phone is a name, not an amount: no grouping. */
const columns = () => [
  { key: 'phone', title: t('column.phone'), head: true, sortable: true, render: (row) => String(row.phone) },
  amount('attempts', (row) => row.cnt_all_attempts),
  {
    key: 'classes',
    title: t('column.classes'),
    render: (row) => html`<${DurationBar} counts=${classesOf(row)} />`,
  },
  amount('short', (row) => classesOf(row)[0]),
  amount('middle', (row) => classesOf(row)[1]),
  amount('long', (row) => classesOf(row)[2]),
  amount('mean', (row) => row.avg_dur_att),
  amount('least', (row) => row.min_price_att),
  amount('most', (row) => row.max_price_att),
  amount('sum', (row) => row.sum_price_att_over_15),
];

function amount(key, of) {
  return {
    key,
    title: t(`column.${key}`),
    numeric: true,
    sortable: true,
    render: (row) => formatNumber(of(row)),
  };
}
