import { PageTitle, Panel } from '../components/panel.js';
import { Problem } from '../components/problem.js';
import { Table } from '../components/table.js';
import { getJson } from '../core/api.js';
import { useLoad } from '../core/load.js';
import { caller, may } from '../core/session.js';
import { useStore } from '../core/store.js';
import { t } from '../i18n/index.js';
import { html, useState } from '../vendor.js';
import { Empty } from '../components/empty.js';
import { Tokens } from './tokens.js';

/** Tokens and the configuration in force, for admins. */
export function SettingsPage() {
  const who = useStore(caller);
  return html`<${PageTitle} title=${t('page.settings')} /> ${
      may(who, 'admin')
        ? html`<${Tokens} /><${Configuration} />`
        : html`<${Empty} title=${t('settings.notAllowed')}
            >${t('settings.notAllowedHint', { role: t(`role.${who.role}`) })}<//
          >`
    }`;
}

function Configuration() {
  const { data, error } = useLoad((signal) => getJson('api/v1/system/configuration', { signal }), []);
  const [words, setWords] = useState('');
  const [changedOnly, setChangedOnly] = useState(false);
  const wanted = words.trim().toUpperCase();
  const items = (data?.items ?? []).filter(
    (item) => item.name.includes(wanted) && (!changedOnly || item.source !== 'default'),
  );
  return html`<${Panel} title=${t('config.title')} className="list">
    <p class="soft">${t('config.hint')}</p>
    <${Problem} error=${error} />
    <div class="filters">
      <label class="filter text">
        <span>${t('config.search')}</span>
        <input
          type="search"
          spellcheck=${false}
          autocomplete="off"
          value=${words}
          onInput=${(e) => setWords(e.target.value)}
        />
      </label>
      <label class="check">
        <input type="checkbox" checked=${changedOnly} onChange=${(e) => setChangedOnly(e.target.checked)} />
        ${t('config.changedOnly')}
      </label>
    </div>
    ${
      data && items.length === 0
        ? html`<${Empty}
            title=${t(changedOnly && wanted === '' ? 'config.allDefault' : 'config.noneMatch')}
          />`
        : html`<${Table}
            caption=${t('config.title')}
            columns=${columns()}
            rows=${items}
            rowKey=${(item) => item.name}
            className="settings"
          />`
    }
  <//>`;
}

const columns = () => [
  { key: 'name', title: t('column.name'), head: true, render: (item) => html`<code>${item.name}</code>` },
  { key: 'value', title: t('column.value'), grow: true, render: valueOf },
  {
    key: 'from',
    title: t('column.from'),
    render: (item) =>
      html`<span class=${item.source === 'default' ? 'soft' : 'changed'}>${sourceOf(item)}</span>`,
  },
];

function valueOf({ value, is_set: isSet, secret }) {
  if (!isSet) return html`<span class="soft">${t('config.notSet')}</span>`;
  return secret ? html`<span class="soft">${t('config.set')}</span>` : html`<code>${value}</code>`;
}

function sourceOf({ source, from_file: fromFile }) {
  const text = t(`source.${source}`);
  return fromFile ? `${text}, ${t('source.file')}` : text;
}
