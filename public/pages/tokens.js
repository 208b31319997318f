import { ActButton } from '../components/button.js';
import { CopyId } from '../components/copy-id.js';
import { ask } from '../components/dialog.js';
import { Empty } from '../components/empty.js';
import { Panel } from '../components/panel.js';
import { Form } from '../components/form.js';
import { Problem } from '../components/problem.js';
import { State } from '../components/state.js';
import { Table } from '../components/table.js';
import { Time } from '../components/time.js';
import { tell } from '../components/toasts.js';
import { getJson, send } from '../core/api.js';
import { useLoad } from '../core/load.js';
import { keepToken, token } from '../core/session.js';
import { t } from '../i18n/index.js';
import { html, useState } from '../vendor.js';

const MOST = 1_000;
const ROLES = ['viewer', 'operator', 'admin', 'client'];

/** Who may call: tokens are made, shown once, and revoked here. */
export function Tokens() {
  const { data, error, reload } = useLoad((signal) => getJson(`api/v1/tokens?limit=${MOST}`, { signal }), []);
  const [made, setMade] = useState(null);
  const revoke = async ({ id, name }) => {
    const question = {
      title: t('tokens.revokeAsk', { name }),
      body: t('tokens.revokeBody'),
      confirm: t('tokens.revoke'),
    };
    if (!(await ask({ ...question, danger: true }))) return;
    await send('DELETE', `api/v1/tokens/${id}`);
    tell(t('tokens.revoked', { name }));
    reload();
  };
  const accepted = (created) => {
    setMade(created);
    // From the first token on, tokens are asked of everyone, this page too.
    if (token.get() === null && created.role === 'admin') keepToken(created.token);
    reload();
  };
  return html`<${Panel} title=${t('tokens.title')} className="list">
    <${Problem} error=${error} />
    ${made && html`<${Made} made=${made} close=${() => setMade(null)} />`}
    ${data?.items.length === 0 && html`<${Empty} title=${t('tokens.none')}>${t('tokens.noneHint')}<//>`}
    ${
      data?.items.length > 0 &&
      html`<${Table}
        caption=${t('tokens.title')}
        columns=${columns(revoke)}
        rows=${data.items}
        rowKey=${(row) => row.id}
        className="tokens"
      />`
    }
    <${NewToken} isFirst=${data?.items.length === 0} accepted=${accepted} />
  <//>`;
}

function Made({ made, close }) {
  return html`<div class="made" role="status">
    <p><b>${t('tokens.made', { name: made.name })}</b> ${t('tokens.once')}</p>
    <p><${CopyId} id=${made.token} label=${t('tokens.copy')} /></p>
    <button type="button" class="button" onClick=${close}>${t('tokens.kept')}</button>
  </div>`;
}

function NewToken({ isFirst, accepted }) {
  const [name, setName] = useState('');
  const [chosen, setRole] = useState(null);
  const [clientId, setClientId] = useState('');
  // The first one locks everyone else out, so it had better be an admin's.
  const role = chosen ?? (isFirst ? 'admin' : 'viewer');
  const create = async () => {
    const ownTo = role === 'client' ? { client_id: clientId.trim() } : {};
    accepted(await send('POST', 'api/v1/tokens', { name: name.trim(), role, ...ownTo }));
    setName('');
    setClientId('');
  };
  return html`<${Form} class="inline new-token" act=${create} label=${t('tokens.create')}>
    <label class="field">
      <span>${t('tokens.name')}</span>
      <input
        required
        maxlength="64"
        autocomplete="off"
        value=${name}
        onInput=${(e) => setName(e.target.value)}
      />
    </label>
    <label class="field">
      <span>${t('tokens.role')}</span>
      <select value=${role} onChange=${(e) => setRole(e.target.value)}>
        ${(isFirst ? ['admin'] : ROLES).map((value) => html`<option value=${value}>${t(`role.${value}`)}</option>`)}
      </select>
    </label>
    ${
      role === 'client' &&
      html`<label class="field">
        <span>${t('tokens.client')}</span>
        <input
          required
          maxlength="64"
          autocomplete="off"
          value=${clientId}
          onInput=${(e) => setClientId(e.target.value)}
        />
      </label>`
    }
  <//>`;
}

const columns = (revoke) => [
  {
    key: 'state',
    title: t('column.state'),
    render: (row) => html`<${State} state=${row.revoked_at ? 'revoked' : 'in_force'} />`,
  },
  { key: 'name', title: t('column.name'), head: true, render: (row) => row.name },
  {
    key: 'role',
    title: t('column.role'),
    render: (row) => (row.client_id ? `${t(`role.${row.role}`)} ${row.client_id}` : t(`role.${row.role}`)),
  },
  {
    key: 'created',
    title: t('column.created'),
    render: (row) => html`<${Time} at=${row.created_at} /> <span class="soft">${row.created_by}</span>`,
  },
  {
    key: 'used',
    title: t('column.used'),
    render: (row) => html`<${Time} at=${row.last_used_at} fallback=${t('tokens.never')} />`,
  },
  {
    key: 'act',
    title: t('column.act'),
    render: (row) =>
      !row.revoked_at &&
      html`<${ActButton}
        look="quiet"
        aria-label=${t('tokens.revokeOf', { name: row.name })}
        act=${() => revoke(row)}
        >${t('tokens.revoke')}<//
      >`,
  },
];
