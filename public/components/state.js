import { t } from '../i18n/index.js';
import { html } from '../vendor.js';

/** The colour of a state; it only underlines the word. */
const LOOKS = {
  pending: 'wait',
  in_work: 'busy',
  completed: 'good',
  error: 'bad',
  cancelled: 'off',
  ok: 'good',
  degraded: 'wait',
  starting: 'busy',
  stopping: 'wait',
  down: 'bad',
  no_answer: 'bad',
  waiting: 'wait',
  replayed: 'good',
  discarded: 'off',
  open: 'good',
  connecting: 'busy',
  closed: 'off',
  refused: 'bad',
  paused: 'wait',
  running: 'busy',
  failed: 'bad',
  stopped: 'bad',
  cancelling: 'wait',
  not_found: 'bad',
  in_force: 'good',
  revoked: 'off',
  delivered: 'good',
  failed: 'bad',
  failing: 'bad',
  disabled: 'off',
  untried: 'off',
  armed: 'good',
  fired: 'wait',
};

/** A lamp and a word. */
export function State({ state, label }) {
  const text = label ?? t.optional(`state.${state}`) ?? String(state);
  return html`<span class="state ${LOOKS[state] ?? 'off'}"
    ><span class="lamp" aria-hidden="true"></span>${text}</span
  >`;
}
