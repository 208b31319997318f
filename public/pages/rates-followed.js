import { ActButton } from '../components/button.js';
import { ask } from '../components/dialog.js';
import { Empty } from '../components/empty.js';
import { Panel } from '../components/panel.js';
import { Problem } from '../components/problem.js';
import { State } from '../components/state.js';
import { Table } from '../components/table.js';
import { tell } from '../components/toasts.js';
import { call, getJson, send } from '../core/api.js';
import { useLoad } from '../core/load.js';
import { caller, may } from '../core/session.js';
import { useStore } from '../core/store.js';
import { t } from '../i18n/index.js';
import { html, useState } from '../vendor.js';
import { FollowForm } from './rates-follow-form.js';

const MOST = 1_000;
const PATH = 'api/v1/trade_info';

/** What is followed at which source: rows that can be added, changed, paused and removed while the service runs. */
export function Followed() {
  const who = useStore(caller);
  const mayAct = may(who, 'operator');
  const { data, error, reload } = useLoad((signal) => getJson(`${PATH}?limit=${MOST}`, { signal }), []);
  const [edited, setEdited] = useState(null);
  const edit = async ({ id }) => setEdited(await rowWithTag(id));
  const turn = async ({ id, enabled }) => {
    await send('PATCH', `${PATH}/${id}`, { enabled: !enabled });
    tell(t(enabled ? 'follow.paused' : 'follow.resumed'));
    reload();
  };
  const remove = async (row) => {
    const question = { title: t('follow.removeAsk', { name: nameOf(row) }), body: t('follow.removeBody') };
    if (!(await ask({ ...question, confirm: t('follow.remove'), danger: true }))) return;
    await send('DELETE', `${PATH}/${row.id}`);
    tell(t('follow.removed'));
    reload();
  };
  const saved = () => {
    setEdited(null);
    tell(t('follow.saved'));
    reload();
  };
  return html`<${Panel}
    title=${t('follow.title')}
    className="list"
    actions=${mayAct && !edited && html`<button type="button" class="button" onClick=${() => setEdited({})}>${t('follow.add')}</button>`}
  >
    <${Problem} error=${error} />
    ${edited && html`<${FollowForm} key=${edited.row?.id ?? ''} row=${edited.row} etag=${edited.etag} saved=${saved} close=${() => setEdited(null)} />`}
    ${
      data?.items.length > 0 &&
      html`<${Table}
        caption=${t('follow.title')}
        columns=${columns(mayAct && { edit, turn, remove })}
        rows=${data.items}
        rowKey=${({ id }) => id}
        className="followed"
      />`
    }
    ${data?.items.length === 0 && html`<${Empty} title=${t('follow.none')}>${t('follow.noneHint')}<//>`}
  <//>`;
}

/** As it is now, with the tag by which a change of somebody else is noticed. */
async function rowWithTag(id) {
  const response = await call(`${PATH}/${id}`);
  return { row: await response.json(), etag: response.headers.get('ETag') };
}

function nameOf({ exchanger, symbols, currencies }) {
  return `${exchanger}: ${symbols.join(', ')} / ${currencies.join(', ')}`;
}

const columns = (acts) => [
  {
    key: 'state',
    title: t('column.state'),
    render: ({ enabled }) =>
      html`<${State}
        state=${enabled ? 'in_force' : 'paused'}
        label=${t(enabled ? 'follow.on' : 'follow.off')}
      />`,
  },
  { key: 'exchanger', title: t('column.exchanger'), head: true, render: ({ exchanger }) => exchanger },
  { key: 'symbols', title: t('column.symbols'), grow: true, render: ({ symbols }) => symbols.join(', ') },
  { key: 'currencies', title: t('column.currencies'), render: ({ currencies }) => currencies.join(', ') },
  { key: 'priority', title: t('column.order'), numeric: true, render: ({ priority }) => priority },
  {
    key: 'stale',
    title: t('column.staleAfter'),
    numeric: true,
    render: ({ stale_after_s: s }) => t('unit.s', { n: s }),
  },
  ...(acts
    ? [{ key: 'act', title: t('column.act'), render: (row) => html`<${Acts} row=${row} acts=${acts} />` }]
    : []),
];

function Acts({ row, acts: { edit, turn, remove } }) {
  const name = nameOf(row);
  const button = (key, act) =>
    html`<${ActButton} look="quiet" act=${() => act(row)} aria-label=${`${t(key)}: ${name}`}>${t(key)}<//>`;
  return html`<span class="acts"
    >${button('follow.edit', edit)} ${button(row.enabled ? 'follow.pause' : 'follow.resume', turn)}
    ${button('follow.remove', remove)}</span
  >`;
}
