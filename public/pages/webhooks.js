import { CopyId } from '../components/copy-id.js';
import { Empty } from '../components/empty.js';
import { Pager } from '../components/pager.js';
import { PageTitle, Panel } from '../components/panel.js';
import { Form } from '../components/form.js';
import { Problem } from '../components/problem.js';
import { State } from '../components/state.js';
import { Table } from '../components/table.js';
import { Time } from '../components/time.js';
import { getJson, send, withQuery } from '../core/api.js';
import { useTopic } from '../core/live.js';
import { useLoad } from '../core/load.js';
import { href, route, setQuery } from '../core/router.js';
import { caller, may } from '../core/session.js';
import { useStore } from '../core/store.js';
import { healthOf, whereOf } from '../core/webhook.js';
import { t } from '../i18n/index.js';
import { html, useState } from '../vendor.js';

const PER_PAGE = 50;
const ANY_EVENT = '*';

/** Who is told of which events, and how that goes. */
export function WebhooksPage() {
  const { cursor } = useStore(route).query;
  const who = useStore(caller);
  const list = useLoad(
    (signal) => getJson(withQuery('api/v1/webhooks', { limit: PER_PAGE, cursor }), { signal }),
    [cursor],
    { keep: true },
  );
  useTopic('webhooks', { onSnapshot: list.touch, onEvent: list.touch });
  useTopic('deliveries', { onEvent: list.touch });
  const { data, error, loading } = list;
  return html`<${PageTitle} title=${t('page.webhooks')} />
    <${Panel} title=${t('hooks.list')} className=${loading ? 'list loading-anew' : 'list'}>
      <${Problem} error=${error} />
      ${
        data?.items.length > 0 &&
        html`<${Table}
          caption=${t('hooks.list')}
          columns=${columns()}
          rows=${data.items}
          rowKey=${(webhook) => webhook.id}
          className="webhooks"
        />`
      }
      ${data?.items.length === 0 && !error && html`<${Empty} title=${t('hooks.none')}>${t('hooks.noneHint')}<//>`}
      ${loading && !data && html`<p class="soft loading">${t('loading')}</p>`}
      <${Pager}
        onFirst=${cursor && (() => setQuery({ cursor: undefined }))}
        onNext=${data?.next_cursor && (() => setQuery({ cursor: data.next_cursor }))}
      />
      ${may(who, 'operator') && html`<${NewWebhook} made=${list.reload} />`}
    <//>`;
}

function NewWebhook({ made }) {
  const types = useLoad((signal) => getJson('api/v1/event-types', { signal }), []);
  const [url, setUrl] = useState('');
  const [events, setEvents] = useState('');
  const [fresh, setFresh] = useState(null);
  const create = async () => {
    const event_types = events.split(/[\s,]+/).filter(Boolean);
    const wanted = { url: url.trim(), event_types: event_types.length > 0 ? event_types : [ANY_EVENT] };
    setFresh(await send('POST', 'api/v1/webhooks', wanted));
    setUrl('');
    setEvents('');
    made();
  };
  return html`${fresh && html`<${Secret} secret=${fresh.secret} close=${() => setFresh(null)} />`}
    <${Form} class="inline new-token" act=${create} label=${t('hooks.create')}>
      <label class="field">
        <span>${t('hooks.url')}</span>
        <input
          required
          type="url"
          maxlength="2048"
          placeholder="https://"
          value=${url}
          onInput=${(e) => setUrl(e.target.value)}
        />
      </label>
      <label class="field">
        <span>${t('hooks.events')}</span>
        <input
          list="event-types"
          autocomplete="off"
          placeholder="task.*, sensor.*"
          value=${events}
          onInput=${(e) => setEvents(e.target.value)}
        />
        <datalist id="event-types">
          ${(types.data?.items ?? []).map((type) => html`<option value=${type} key=${type} />`)}
        </datalist>
      </label>
    <//>`;
}

/** A secret that is shown once. */
export function Secret({ secret, close }) {
  return html`<div class="made" role="status">
    <p><b>${t('hooks.secret')}</b> ${t('hooks.once')}</p>
    <p><${CopyId} id=${secret} label=${t('hooks.copy')} /></p>
    <button type="button" class="button" onClick=${close}>${t('hooks.kept')}</button>
  </div>`;
}

const columns = () => [
  {
    key: 'state',
    title: t('column.state'),
    render: (webhook) => html`<${State} state=${healthOf(webhook)} />`,
  },
  {
    key: 'where',
    title: t('hooks.where'),
    head: true,
    grow: true,
    render: (webhook) =>
      html`<a class="wrap" href=${href(`/webhooks/${webhook.id}`)}>${whereOf(webhook)}</a>`,
  },
  {
    key: 'events',
    title: t('hooks.events'),
    render: (webhook) => html`<code class="wrap">${webhook.event_types.join(', ')}</code>`,
  },
  {
    key: 'error',
    title: t('column.error'),
    render: ({ health }) => (health.status === 'failing' ? health.last_error : ''),
  },
  {
    key: 'last',
    title: t('hooks.lastSuccess'),
    numeric: true,
    render: ({ health }) => html`<${Time} at=${health.last_success_at} />`,
  },
];
