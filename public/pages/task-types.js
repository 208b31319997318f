import { ActButton } from '../components/button.js';
import { ask } from '../components/dialog.js';
import { State } from '../components/state.js';
import { tell } from '../components/toasts.js';
import { getJson, send } from '../core/api.js';
import { formatNumber, typeName } from '../core/format.js';
import { useLoad } from '../core/load.js';
import { caller, may } from '../core/session.js';
import { useStore } from '../core/store.js';
import { t } from '../i18n/index.js';
import { html } from '../vendor.js';

/** The kinds of work that there are. */
export function useTaskTypes() {
  return useLoad(async (signal) => (await getJson('api/v1/task-types', { signal })).items, []);
}

/** How much of each kind waits and runs; each can be paused, and goes on later. */
export function TaskTypes({ types }) {
  const who = useStore(caller);
  if (!types.data?.length) return null;
  return html`<ul class="types" aria-label=${t('types.name')}>
    ${types.data.map((type) => html`<${TaskType} key=${type.type} type=${type} mayAct=${may(who, 'operator')} changed=${types.reload} />`)}
  </ul>`;
}

function TaskType({ type, mayAct, changed }) {
  const name = typeName(type.type);
  const path = `api/v1/task-types/${encodeURIComponent(type.type)}`;
  const pause = async () => {
    const title = t('types.pauseAsk', { name });
    const input = { label: t('types.reason') };
    const answer = await ask({ title, body: t('types.pauseBody'), confirm: t('types.pause'), input });
    if (!answer) return;
    await send('POST', `${path}/pause`, answer.text ? { reason: answer.text } : {});
    tell(t('types.paused', { name }));
    changed();
  };
  const resume = async () => {
    await send('POST', `${path}/resume`);
    tell(t('types.resumed', { name }));
    changed();
  };
  return html`<li class="type">
    <b>${name}</b>
    <span class="soft">${t('types.running', { running: type.running, concurrency: type.concurrency })}</span>
    <span class="soft">${t('types.waiting', { waiting: formatNumber(type.waiting) })}</span>
    ${type.paused && html`<span title=${type.reason ?? ''}><${State} state="paused" label=${pausedBy(type)} /></span>`}
    ${mayAct && html`<${ActButton} look="quiet" act=${type.paused ? resume : pause}>${t(type.paused ? 'types.resume' : 'types.pause')}<//>`}
  </li>`;
}

function pausedBy({ paused_by: by, reason }) {
  const who = t('types.pausedBy', { by });
  return reason ? `${who}: ${reason}` : who;
}
