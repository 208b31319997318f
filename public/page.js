const POLL_MS = 2_000;
const SHOWN_TASKS = 15;
const WAIT_S = 30;
const TOKEN = 'switchyard-token';

const byId = (id) => document.getElementById(id);

/** Resolves with status and body; the message of a problem is in `error`. */
async function call(path, init = {}) {
  const token = sessionStorage.getItem(TOKEN);
  const headers = { ...init.headers, ...(token && { Authorization: `Bearer ${token}` }) };
  const response = await fetch(path, { ...init, headers });
  const body = await response.json();
  if (response.status === 401) byId('access').hidden = false;
  return { status: response.status, body, error: response.ok ? undefined : problemText(body) };
}

function problemText({ detail, errors = [] }) {
  return [detail, ...errors.map((error) => `${error.pointer} ${error.detail}`)].join('; ');
}

function say(id, text, isBad = false) {
  const element = byId(id);
  if (element.textContent !== text) element.textContent = text;
  element.classList.toggle('bad', isBad);
}

function row(cells) {
  const tr = document.createElement('tr');
  for (const cell of cells) {
    const td = document.createElement('td');
    td.append(cell);
    tr.append(td);
  }
  return tr;
}

function element(name, text, className = '') {
  const made = document.createElement(name);
  made.textContent = text;
  made.className = className;
  return made;
}

const STATE_CLASS = { completed: 'state good', error: 'state bad' };

function taskRow(task) {
  const state = element('span', task.task_status.replace('_', ' '), STATE_CLASS[task.task_status] ?? 'state');
  if (task.error_message) state.title = task.error_message;
  const received = task.received.slice(0, 19).replace('T', ' ');
  const took = task.completed
    ? `${((Date.parse(task.completed) - Date.parse(task.received)) / 1000).toFixed(2)} s`
    : '';
  return row([state, task.task_name, received, took, element('code', task.task_id)]);
}

async function showTasks() {
  const { body, error } = await call(`/api/v1/tasks?limit=${SHOWN_TASKS}`);
  if (error) return say('tasks-message', error, true);
  say('tasks-message', body.statuses.length === 0 ? 'None yet.' : '');
  byId('task-rows').replaceChildren(...body.statuses.map(taskRow));
}

async function showReadiness() {
  const { status, body } = await call('/readyz');
  const state = byId('readiness');
  state.textContent = body.status;
  state.className = `state ${status === 200 ? 'good' : 'bad'}`;
}

async function poll() {
  try {
    if (!document.hidden) await Promise.all([showTasks(), showReadiness()]);
  } catch {
    say('tasks-message', 'The service does not answer.', true);
    say('readiness', 'away', true);
  }
  setTimeout(poll, POLL_MS);
}

function statsRow({ phone, cnt_all_attempts: all, cnt_att_dur: by, ...rest }) {
  const money = [rest.min_price_att, rest.max_price_att, rest.avg_dur_att, rest.sum_price_att_over_15];
  const rounded = money.map((value) => (Math.round(value * 100) / 100).toLocaleString('en'));
  return row([phone, all, by['10_sec'], by['10_30_sec'], by['30_sec'], ...rounded].map(String));
}

async function report(numbers) {
  const { status, body, error } = await call('/api/v1/report', {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', Prefer: `wait=${WAIT_S}` },
    body: JSON.stringify({ numbers, correlation_id: 'page' }),
  });
  if (error) return say('report-message', error, true);
  if (status === 202) return say('report-message', `It takes longer: task ${body.task_id} goes on.`);
  const missing = body.not_found ? `; not in the data: ${body.not_found.join(', ')}` : '';
  say('report-message', `Ready in ${body.total_duration.toFixed(2)} s${missing}`);
  byId('report-rows').replaceChildren(...body.data.map(statsRow));
  byId('report-result').hidden = false;
}

byId('report-form').addEventListener('submit', async (event) => {
  event.preventDefault();
  const words = byId('phones')
    .value.split(/[\s,;]+/)
    .filter((word) => word !== '');
  const odd = words.find((word) => !/^\d{1,15}$/.test(word));
  if (odd !== undefined) return say('report-message', `"${odd}" is no phone: digits were expected.`, true);
  const button = event.target.querySelector('button');
  button.disabled = true;
  say('report-message', 'Working …');
  await report(words.map(Number)).catch(() => say('report-message', 'The service does not answer.', true));
  button.disabled = false;
});

byId('token-form').addEventListener('submit', (event) => {
  event.preventDefault();
  sessionStorage.setItem(TOKEN, byId('token').value.trim());
  byId('token').value = '';
  byId('access').hidden = true;
});

void poll();
