import { ActButton } from '../components/button.js';
import { ask } from '../components/dialog.js';
import { Empty } from '../components/empty.js';
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
import { formatRate } from '../core/rates.js';
import { href } from '../core/router.js';
import { caller, may } from '../core/session.js';
import { useStore } from '../core/store.js';
import { t } from '../i18n/index.js';
import { html, useState } from '../vendor.js';
import { NewAlert } from './alert-form.js';

const PER_PAGE = 50;

/** Alerts on one pair, or on all, and a form for a new one. */
export function Alerts({ pair }) {
  const [cursor, setCursor] = useState(undefined);
  const who = useStore(caller);
  const list = useLoad(
    (signal) => getJson(withQuery('api/v1/alerts', { limit: PER_PAGE, pair, cursor }), { signal }),
    [pair, cursor],
    { keep: true },
  );
  useTopic('rate-alerts', { onSnapshot: list.touch, onEvent: (event) => follow(event, pair, list) });
  const mayAct = may(who, 'operator');
  const { data, error, loading } = list;
  const remove = async (alert) => {
    const question = {
      title: t('alerts.removeAsk', { condition: conditionOf(alert) }),
      body: t('alerts.removeBody'),
    };
    if (!(await ask({ ...question, confirm: t('alerts.remove'), danger: true }))) return;
    await send('DELETE', `api/v1/alerts/${alert.id}`);
    tell(t('alerts.removed'));
    list.reload();
  };
  return html`<${Panel} title=${t('alerts.title')} className="list">
    <${Problem} error=${error} />
    ${
      data?.items.length > 0 &&
      html`<${Table}
        caption=${t('alerts.title')}
        columns=${columns({ remove, mayAct, hasPair: pair !== undefined })}
        rows=${data.items}
        rowKey=${({ id }) => id}
        className="alerts"
      />`
    }
    ${data?.items.length === 0 && html`<${Empty} title=${t('alerts.none')}>${t('alerts.noneHint')}<//>`}
    ${loading && !data && html`<p class="soft loading">${t('loading')}</p>`}
    <${Pager}
      onFirst=${cursor && (() => setCursor(undefined))}
      onNext=${data?.next_cursor && (() => setCursor(data.next_cursor))}
    />
    ${mayAct && html`<${NewAlert} pair=${pair} done=${list.reload} />`}
  <//>`;
}

/** The list is asked for again; one that fires is told at once. */
function follow({ type, data: alert }, pair, list) {
  list.touch();
  if (type !== 'rates.alert-fired' || (pair && alert.pair !== pair)) return;
  tell(t('alerts.firedNow', { condition: conditionOf(alert), value: formatRate(alert.course_value) }));
}

/** An alert in words. */
function conditionOf({ pair, op, value, window_s: windowS }) {
  if (op === 'above') return t('alerts.above', { pair, value: formatRate(value) });
  if (op === 'below') return t('alerts.below', { pair, value: formatRate(value) });
  return t('alerts.change', { pair, value, span: formatDuration(windowS * 1_000) });
}

function channelsOf({ channels }) {
  return channels
    .map(({ kind, chat_id: chat }) => (chat ? `${t(`channel.${kind}`)} ${chat}` : t(`channel.${kind}`)))
    .join(', ');
}

const columns = ({ remove, mayAct, hasPair }) => [
  { key: 'state', title: t('column.state'), render: ({ state }) => html`<${State} state=${state} />` },
  {
    key: 'condition',
    title: t('column.condition'),
    head: true,
    grow: true,
    render: (alert) =>
      hasPair ? conditionOf(alert) : html`<a href=${href(`/rates/${alert.pair}`)}>${conditionOf(alert)}</a>`,
  },
  { key: 'channels', title: t('column.channels'), render: channelsOf },
  {
    key: 'fired',
    title: t('column.fired'),
    render: ({ fired_at: at, fired_count: count }) =>
      at ? html`<${Time} at=${at} /> <span class="soft">${t('alerts.times', { n: count })}</span>` : '–',
  },
  {
    key: 'by',
    title: t('column.by'),
    render: ({ created_by: by, number }) => (number ? `${by} № ${number}` : by),
  },
  ...(mayAct
    ? [
        {
          key: 'act',
          title: t('column.act'),
          render: (alert) =>
            html`<${ActButton}
              look="quiet"
              act=${() => remove(alert)}
              aria-label=${t('alerts.removeOne', { condition: conditionOf(alert) })}
              >${t('alerts.remove')}<//
            >`,
        },
      ]
    : []),
];
