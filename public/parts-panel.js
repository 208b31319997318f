import { callJson } from './api.js';
import { byId, make, setBadge, setText } from './dom.js';
import { poll } from './poll.js';

const EVERY_MS = 5_000;
const MOST_PARTS = 50;

/** How the service and its parts are doing. */
export function showParts() {
  poll(EVERY_MS, async () => {
    try {
      const { status, parts } = await callJson('readyz', { accepted: [503] });
      setBadge(byId('service-state'), status);
      showEach(parts ?? {});
      setText(byId('parts-note'), parts ? '' : 'Its parts are shown to callers with a token.');
    } catch (error) {
      setBadge(byId('service-state'), 'no_answer');
      showEach({}); // what was true a while ago may not be now
      setText(byId('parts-note'), `${error.message} Trying again…`);
      throw error;
    }
  });
}

function showEach(parts) {
  const list = byId('parts');
  const entries = Object.entries(parts).slice(0, MOST_PARTS);
  while (list.children.length > entries.length) list.lastElementChild.remove();
  while (list.children.length < entries.length) list.append(partRow());
  entries.forEach(([name, { status, detail = '' }], index) => {
    const [title, badge, note] = list.children[index].children;
    setText(title, name.replaceAll(/[_-]/g, ' '));
    setBadge(badge, status);
    setText(note, detail);
  });
}

function partRow() {
  const row = make('li');
  row.append(make('span', 'part'), make('span', 'badge'), make('span', 'hint'));
  return row;
}
