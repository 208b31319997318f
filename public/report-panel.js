import { call, callJson } from './api.js';
import { byId, formatPhones, make, setText } from './dom.js';
import { showReport } from './report-table.js';
import { pause } from './pause.js';

const FIRST_PAUSE_MS = 200;
const LONGEST_PAUSE_MS = 3_000;
const ENDED = new Set(['completed', 'error', 'cancelled']);
const WORDS = { pending: 'waits for its turn', in_work: 'is in work' };

let following = new AbortController();

/** Follows the task of a report until it has ended, and shows the report. A later call ends an earlier one. */
export async function openReport(id) {
  following.abort();
  following = new AbortController();
  const { signal } = following;
  byId('report').hidden = true;
  say('The report is asked for…', 'busy');
  try {
    const task = await follow(id, signal);
    if (task.task_status === 'cancelled') return say('The task was cancelled, so there is no report.');
    if (task.task_status === 'error')
      return say(`The report failed: ${task.error_message ?? 'no reason given'}`, 'wrong');
    const report = await persist(() => callJson(`api/v1/report/${id}`, { signal }), signal);
    showReport(report);
    linkCsv(id);
    byId('report').hidden = false;
    say(`The report is ready: ${formatPhones(report.data.length)}.`);
  } catch (error) {
    if (!signal.aborted) say(error.message, 'wrong');
  }
}

async function follow(id, signal) {
  for (let pauseMs = FIRST_PAUSE_MS; ; pauseMs = Math.min(LONGEST_PAUSE_MS, pauseMs * 1.5)) {
    const task = await persist(() => callJson(`api/v1/tasks/${id}`, { signal }), signal);
    if (ENDED.has(task.task_status)) return task;
    say(`The report ${WORDS[task.task_status] ?? task.task_status}…`, 'busy');
    await pause(pauseMs, signal);
  }
}

/** Goes on where the service is away for a while; the task is safe there. */
async function persist(ask, signal) {
  for (;;) {
    try {
      return await ask();
    } catch (error) {
      if (signal.aborted || !error.mayPass) throw error;
      say(`${error.message} Trying again…`, 'busy');
      await pause(Math.max(LONGEST_PAUSE_MS, error.retryAfterS * 1000), signal);
    }
  }
}

function say(text, look = '') {
  const status = byId('report-status');
  status.className = `status ${look}`;
  setText(status, text);
}

/** The CSV needs the token in a header, so it is fetched, and then saved from memory. */
function linkCsv(id) {
  const link = byId('report-csv');
  const note = byId('report-csv-note');
  setText(note, '');
  link.onclick = async (event) => {
    event.preventDefault();
    setText(note, 'Fetching…');
    try {
      const answer = await call(`api/v1/report/${id}`, { headers: { Accept: 'text/csv' } });
      save(await answer.blob(), `report-${id}.csv`);
      setText(note, '');
    } catch (error) {
      setText(note, error.message);
    }
  };
}

function save(blob, name) {
  const link = make('a');
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}
