import { ActButton } from '../components/button.js';
import { CopyId } from '../components/copy-id.js';
import { ask } from '../components/dialog.js';
import { PageTitle, Panel } from '../components/panel.js';
import { Problem } from '../components/problem.js';
import { State } from '../components/state.js';
import { Time } from '../components/time.js';
import { tell } from '../components/toasts.js';
import { getJson, send } from '../core/api.js';
import { useTopic } from '../core/live.js';
import { useLoad } from '../core/load.js';
import { href, navigate, route, setQuery } from '../core/router.js';
import { caller, may } from '../core/session.js';
import { useStore } from '../core/store.js';
import { healthOf, whereOf } from '../core/webhook.js';
import { t } from '../i18n/index.js';
import { html, useState } from '../vendor.js';
import { Deliveries, DeliveryDetails } from './webhook-deliveries.js';
import { Secret } from './webhooks.js';

/** One webhook: how it answers, what it was told, and what can be done. */
export function WebhookPage({ id }) {
  const path = `api/v1/webhooks/${encodeURIComponent(id)}`;
  const { query } = useStore(route);
  const { data: webhook, error, reload, touch } = useLoad((signal) => getJson(path, { signal }), [id]);
  const [secret, setSecret] = useState(null);
  useTopic('webhooks', {
    onSnapshot: touch,
    onEvent: ({ subject }) => subject === `webhooks/${id}` && reload(),
  });
  useTopic('deliveries', { onEvent: ({ data }) => data.webhook_id === id && touch() });
  return html`<p class="crumbs"><a href=${href('/webhooks')}>${t('page.webhooks')}</a></p>
    <${PageTitle}
      title=${webhook ? whereOf(webhook) : t('hooks.one')}
      actions=${webhook && html`<${Actions} path=${path} webhook=${webhook} done=${reload} shown=${setSecret} />`}
    >
      <p class="standing">
        ${webhook && html`<span role="status"><${State} state=${healthOf(webhook)} /></span>`}
        <${CopyId} id=${id} />
      </p>
    <//>
    <${Problem} error=${error} />
    ${secret && html`<${Secret} secret=${secret} close=${() => setSecret(null)} />`}
    ${
      webhook &&
      html`<div class="columns reversed">
        <div class="stack">
          ${
            query.delivery &&
            html`<${DeliveryDetails} id=${query.delivery} close=${() => setQuery({ delivery: undefined })} />`
          }
          <${Deliveries} webhook=${webhook} />
        </div>
        <div class="stack">
          <${Panel} title=${t('task.facts')}><${Facts} webhook=${webhook} /><//>
        </div>
      </div>`
    }`;
}

function Actions({ path, webhook, done, shown }) {
  const who = useStore(caller);
  if (!may(who, 'operator')) return null;
  const test = async () => {
    const { id } = await send('POST', `${path}/test`);
    tell(t('hooks.tested'));
    setQuery({ delivery: id });
  };
  const turn = async () => {
    await send('PATCH', path, { enabled: !webhook.enabled });
    done();
  };
  const rotate = async () => {
    const question = { title: t('hooks.rotateAsk'), body: t('hooks.rotateBody'), confirm: t('hooks.rotate') };
    if (!(await ask(question))) return;
    shown((await send('POST', `${path}/rotate-secret`, {})).secret);
    done();
  };
  const remove = async () => {
    const question = { title: t('hooks.removeAsk'), body: t('hooks.removeBody'), confirm: t('hooks.remove') };
    if (!(await ask({ ...question, danger: true }))) return;
    await send('DELETE', path);
    navigate('/webhooks');
  };
  return html`${webhook.enabled && html`<${ActButton} look="primary" act=${test}>${t('hooks.test')}<//>`}
    <${ActButton} act=${turn}>${t(webhook.enabled ? 'hooks.disable' : 'hooks.enable')}<//>
    ${webhook.channel === 'webhook' && html`<${ActButton} act=${rotate}>${t('hooks.rotate')}<//>`}
    <${ActButton} act=${remove}>${t('hooks.remove')}<//>`;
}

function Facts({ webhook }) {
  const { health, event_types: types, filter, client_id: client, disabled_reason: reason } = webhook;
  const facts = [
    [t('hooks.events'), html`<code class="wrap">${types.join(', ')}</code>`],
    filter && [t('hooks.filter'), html`<code class="wrap">${JSON.stringify(filter)}</code>`],
    client && [t('hooks.client'), client],
    reason && [t('hooks.disabledFor'), t.optional(`hooks.reason.${reason}`) ?? reason],
    [t('hooks.lastSuccess'), html`<${Time} at=${health.last_success_at} />`],
    health.failing_since && [t('hooks.failingSince'), html`<${Time} at=${health.failing_since} />`],
    health.last_error && [t('column.error'), health.last_error],
    webhook.concurrency && [t('hooks.concurrency'), webhook.concurrency],
    webhook.rate_per_s && [t('hooks.rate'), webhook.rate_per_s],
    webhook.previous_secret_until && [
      t('hooks.previousUntil'),
      html`<${Time} at=${webhook.previous_secret_until} />`,
    ],
    [
      t('column.created'),
      html`<${Time} at=${webhook.created_at} /> <span class="soft">${webhook.created_by}</span>`,
    ],
  ];
  return html`<dl class="facts">
    ${facts.filter(Boolean).map(
      ([name, value]) =>
        html`<div key=${name}>
          <dt>${name}</dt>
          <dd>${value}</dd>
        </div>`,
    )}
  </dl>`;
}
