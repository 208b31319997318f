import { byId, formatNumber, formatPhone, formatSeconds, make, setText, setTime } from './dom.js';

/** More rows would make the page slow; the CSV has them all. */
const MOST_ROWS = 500;
const MOST_NAMED = 50;

export function showReport(report) {
  const rows = report.data.slice(0, MOST_ROWS).map(phoneRow);
  byId('report-table').tBodies[0].replaceChildren(...rows);
  showFacts(report);
  showNotes(report);
}

function phoneRow(row) {
  const tr = make('tr');
  const phone = make('th', '', formatPhone(row.phone));
  phone.scope = 'row';
  tr.append(phone);
  const durations = row.cnt_att_dur;
  const amounts = [
    row.cnt_all_attempts,
    durations['10_sec'],
    durations['10_30_sec'],
    durations['30_sec'],
    row.min_price_att,
    row.max_price_att,
    row.sum_price_att_over_15,
  ];
  for (const amount of amounts) tr.append(make('td', '', formatNumber(amount)));
  tr.append(make('td', '', `${formatNumber(row.avg_dur_att)} s`));
  return tr;
}

function showFacts(report) {
  const received = make('time');
  setTime(received, report.received);
  const facts = [
    ['Received', received],
    ['Worked for', formatSeconds(report.total_duration)],
    ['Correlation id', make('code', '', String(report.correlation_id))],
  ];
  byId('report-facts').replaceChildren(...facts.map(fact));
}

function fact([term, value]) {
  const pair = make('div');
  const told = make('dd');
  told.append(value);
  pair.append(make('dt', '', term), told);
  return pair;
}

function showNotes(report) {
  const notes = [];
  const unknown = report.not_found ?? [];
  if (unknown.length > 0) {
    const rest = unknown.length > MOST_NAMED ? ` and ${formatNumber(unknown.length - MOST_NAMED)} more` : '';
    notes.push(`Not in the data: ${unknown.slice(0, MOST_NAMED).map(formatPhone).join(', ')}${rest}.`);
  }
  if (report.skipped_records)
    notes.push(`${formatNumber(report.skipped_records)} invalid records were left out.`);
  if (report.data.length > MOST_ROWS) {
    notes.push(`The first ${formatNumber(MOST_ROWS)} phones are shown here; the CSV holds all.`);
  }
  byId('report-notes').hidden = notes.length === 0;
  setText(byId('report-notes'), notes.join(' '));
}
