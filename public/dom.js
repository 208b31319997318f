export const byId = (id) => document.getElementById(id);

/** Writes a text only where it differs, so that assistive technology is not told again. */
export function setText(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

export function make(tag, className = '', text = '') {
  const element = document.createElement(tag);
  if (className) element.className = className;
  if (text) element.textContent = text;
  return element;
}

const moment = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'medium' });
const timeOfDay = new Intl.DateTimeFormat(undefined, { timeStyle: 'medium' });
const number = new Intl.NumberFormat(undefined, { maximumFractionDigits: 2 });

export const formatNumber = (value) => number.format(value);
export const formatPhones = (count) => `${number.format(count)} ${count === 1 ? 'phone' : 'phones'}`;
export const formatNow = () => timeOfDay.format(new Date());

/** A phone is a name, not an amount: no grouping. */
export const formatPhone = (phone) => String(phone);

export function formatSeconds(seconds) {
  if (seconds < 1) return `${Math.round(seconds * 1000)} ms`;
  return seconds < 120 ? `${seconds.toFixed(1)} s` : `${Math.round(seconds / 60)} min`;
}

/** Shows an RFC 3339 time in the reader's zone; the exact one is its title. */
export function setTime(element, rfc3339) {
  if (element.dateTime === rfc3339) return;
  element.dateTime = rfc3339;
  element.title = rfc3339;
  setText(element, moment.format(new Date(rfc3339)));
}

const BADGES = {
  pending: ['waiting', 'waiting'],
  in_work: ['in work', 'busy'],
  completed: ['completed', 'good'],
  error: ['failed', 'bad'],
  cancelled: ['cancelled', 'quiet'],
  ok: ['ok', 'good'],
  degraded: ['degraded', 'waiting'],
  starting: ['starting', 'busy'],
  stopping: ['stopping', 'waiting'],
  down: ['down', 'bad'],
  no_answer: ['no answer', 'bad'],
};

/** The state in words, and in a colour that only underlines them. */
export function setBadge(element, state) {
  const [text, look] = BADGES[state] ?? [String(state), 'quiet'];
  setText(element, text);
  const className = `badge ${look}`;
  if (element.className !== className) element.className = className;
}
