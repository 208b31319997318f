import { formatDuration, tookMs } from '../core/format.js';
import { t } from '../i18n/index.js';
import { html } from '../vendor.js';
import { State } from './state.js';
import { Time } from './time.js';

/** Changes of state as stations of a line, oldest first, with what lay between. */
export function Timeline({ entries }) {
  return html`<ol class="timeline">
    ${entries.map((entry, index) => html`<${Station} key=${index} entry=${entry} before=${entries[index - 1]} />`)}
  </ol>`;
}

function Station({ entry, before }) {
  const { at, to, reason, attempt, actor } = entry;
  const said = [
    t.optional(`reason.${reason}`) ?? reason,
    attempt > 0 && t('task.attempt', { n: attempt }),
    actor,
  ];
  const between = before ? tookMs(before.at, at) : null;
  return html`<li>
    <p class="station-head">
      <${State} state=${to} />
      <${Time} at=${at} />
      ${between !== null && html`<span class="soft">+${formatDuration(between)}</span>`}
    </p>
    <p class="soft">${said.filter(Boolean).join(' · ')}</p>
  </li>`;
}
