import { ActButton } from '../components/button.js';
import { CopyId } from '../components/copy-id.js';
import { ask } from '../components/dialog.js';
import { Empty } from '../components/empty.js';
import { Filters } from '../components/filters.js';
import { Pager } from '../components/pager.js';
import { Panel } from '../components/panel.js';
import { Problem } from '../components/problem.js';
import { State } from '../components/state.js';
import { Table } from '../components/table.js';
import { Time } from '../components/time.js';
import { tell } from '../components/toasts.js';
import { getJson, send, withQuery } from '../core/api.js';
import { formatDuration } from '../core/format.js';
import { useTopic } from '../core/live.js';
import { useLoad } from '../core/load.js';
import { href, route, setQuery } from '../core/router.js';
import { caller, may } from '../core/session.js';
import { useStore } from '../core/store.js';
import { t } from '../i18n/index.js';
import { html } from '../vendor.js';

const PER_PAGE = 50;
const STATES = ['pending', 'delivered', 'failed'];
const FILTERS = ['status', 'event_type', 'from', 'to'];
const EVER = '1970-01-01T00:00:00.000Z';

/** What a webhook was told, newest first. */
export function Deliveries({ webhook }) {
  const { query } = useStore(route);
  const { cursor } = query;
  const filter = Object.fromEntries(FILTERS.filter((name) => query[name]).map((name) => [name, query[name]]));
  const path = `api/v1/webhooks/${webhook.id}/deliveries`;
  const list = useLoad(
    (signal) => getJson(withQuery(path, { limit: PER_PAGE, ...filter, cursor }), { signal }),
    [JSON.stringify([webhook.id, filter, cursor])],
    { keep: true },
  );
  useTopic('deliveries', {
    onSnapshot: list.touch,
    onEvent: ({ data }) => data.webhook_id === webhook.id && list.touch(),
  });
  const { data, error, loading } = list;
  return html`<${Panel}
    title=${t('hooks.deliveries')}
    className=${loading ? 'list loading-anew' : 'list'}
    actions=${html`<${ResendFailed} webhook=${webhook} query=${query} done=${list.reload} />`}
  >
    <${Filters} fields=${fields()} />
    <${Problem} error=${error} />
    ${
      data?.items.length > 0 &&
      html`<${Table}
        caption=${t('hooks.deliveries')}
        columns=${columns(webhook.id, query)}
        rows=${data.items}
        rowKey=${(delivery) => delivery.id}
        className="deliveries"
      />`
    }
    ${data?.items.length === 0 && !error && html`<${Empty} title=${t('hooks.noDeliveries')} />`}
    ${loading && !data && html`<p class="soft loading">${t('loading')}</p>`}
    <${Pager}
      onFirst=${cursor && (() => setQuery({ cursor: undefined }))}
      onNext=${data?.next_cursor && (() => setQuery({ cursor: data.next_cursor }))}
    />
  <//>`;
}

/** The failed ones of the time that is filtered by. */
function ResendFailed({ webhook, query, done }) {
  const who = useStore(caller);
  if (!may(who, 'operator') || !webhook.enabled || webhook.channel !== 'webhook') return null;
  const resend = async () => {
    const question = { title: t('hooks.resendAsk'), body: t('hooks.resendBody'), confirm: t('hooks.resend') };
    if (!(await ask(question))) return;
    const range = { from: query.from ?? EVER, to: query.to ?? new Date().toISOString() };
    const { resent } = await send('POST', `api/v1/webhooks/${webhook.id}/resend`, range);
    tell(t('hooks.resent', { n: resent }));
    done();
  };
  return html`<${ActButton} act=${resend}>${t('hooks.resendFailed')}<//>`;
}

/** One delivery: each attempt, and what is sent. */
export function DeliveryDetails({ id, close }) {
  const who = useStore(caller);
  const path = `api/v1/deliveries/${encodeURIComponent(id)}`;
  const { data: delivery, error, reload, touch } = useLoad((signal) => getJson(path, { signal }), [id]);
  useTopic('deliveries', {
    onSnapshot: touch,
    onEvent: ({ subject }) => subject === `deliveries/${id}` && touch(),
  });
  const resend = async () => {
    await send('POST', `${path}/resend`);
    tell(t('hooks.resent', { n: 1 }));
    reload();
  };
  const actions = html`${
      may(who, 'operator') && delivery && html`<${ActButton} act=${resend}>${t('hooks.resend')}<//>`
    } <button type="button" class="button quiet" onClick=${close}>${t('action.close')}</button>`;
  return html`<${Panel} title=${t('hooks.delivery')} actions=${actions}>
    <${Problem} error=${error} />
    ${delivery && html`<${Details} delivery=${delivery} />`}
  <//>`;
}

function Details({ delivery }) {
  return html`<p class="standing">
      <span role="status"><${State} state=${delivery.status} /></span> <${CopyId} id=${delivery.id} short />
    </p>
    ${
      delivery.next_attempt_at &&
      html`<p class="soft">${t('hooks.next')} <${Time} at=${delivery.next_attempt_at} /></p>`
    }
    <ol class="timeline">
      ${delivery.attempts.map((attempt) => html`<${Attempt} attempt=${attempt} key=${attempt.number} />`)}
    </ol>
    <pre tabindex="0" aria-label=${t('hooks.payload')}>${JSON.stringify(delivery.payload, null, 2)}</pre>`;
}

function Attempt({ attempt }) {
  const { at, duration_ms: took, status, error, excerpt } = attempt;
  return html`<li>
    <p class="station-head">
      <${State} state=${error === null ? 'delivered' : 'failed'} label=${status ?? t('hooks.noAnswer')} />
      <${Time} at=${at} /> <span class="soft">${formatDuration(took)}</span>
    </p>
    ${error && html`<p class="soft">${error}</p>`} ${excerpt && html`<pre tabindex="0">${excerpt}</pre>`}
  </li>`;
}

/** Ids are known by their end. */
function shortened(subject) {
  return subject.replace(/[0-9a-f]{8}-[0-9a-f-]{27}/g, (id) => `…${id.slice(-8)}`);
}

const fields = () => [
  {
    name: 'status',
    label: t('filter.status'),
    kind: 'select',
    options: STATES.map((value) => ({ value, label: t(`state.${value}`) })),
  },
  { name: 'event_type', label: t('hooks.event'), kind: 'text' },
  { name: 'from', label: t('filter.from'), kind: 'moment' },
  { name: 'to', label: t('filter.to'), kind: 'moment' },
];

const columns = (webhook, query) => [
  { key: 'state', title: t('column.state'), render: ({ status }) => html`<${State} state=${status} />` },
  {
    key: 'event',
    title: t('hooks.event'),
    head: true,
    render: ({ id, event_type: type }) =>
      html`<a href=${href(`/webhooks/${webhook}`, { ...query, delivery: id })}>${type}</a>`,
  },
  {
    key: 'subject',
    title: t('hooks.subject'),
    grow: true,
    render: ({ subject }) => html`<span class="wrap" title=${subject}>${shortened(subject)}</span>`,
  },
  {
    key: 'last',
    title: t('hooks.answer'),
    render: ({ last_error: error, last_status: status }) => error ?? status ?? '',
  },
  { key: 'attempts', title: t('column.tries'), numeric: true, render: ({ attempt_count: count }) => count },
  {
    key: 'made',
    title: t('column.created'),
    numeric: true,
    render: ({ created_at: at }) => html`<${Time} at=${at} />`,
  },
];
