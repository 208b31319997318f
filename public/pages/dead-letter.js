import { ActButton } from '../components/button.js';
import { CopyId } from '../components/copy-id.js';
import { ask } from '../components/dialog.js';
import { PageTitle, Panel } from '../components/panel.js';
import { Problem } from '../components/problem.js';
import { State } from '../components/state.js';
import { Time } from '../components/time.js';
import { tell } from '../components/toasts.js';
import { getJson, send } from '../core/api.js';
import { sourceName } from '../core/dead-letter.js';
import { useTopic } from '../core/live.js';
import { useLoad } from '../core/load.js';
import { href } from '../core/router.js';
import { caller, may } from '../core/session.js';
import { useStore } from '../core/store.js';
import { t } from '../i18n/index.js';
import { html } from '../vendor.js';

/** One dead letter: what it is, why it is here, and what was done about it. */
export function DeadLetterPage({ id }) {
  const path = `api/v1/dead-letters/${encodeURIComponent(id)}`;
  const { data: letter, error, reload, touch } = useLoad((signal) => getJson(path, { signal }), [id]);
  useTopic('dead-letters', {
    onSnapshot: touch,
    onEvent: ({ subject }) => subject === `dead-letters/${id}` && reload(),
  });
  return html`<p class="crumbs"><a href=${href('/dead-letters')}>${t('page.dead-letters')}</a></p>
    <${PageTitle}
      title=${letter ? sourceName(letter) : t('dead.one')}
      actions=${letter?.status === 'waiting' && html`<${Actions} path=${path} done=${reload} />`}
    >
      <p class="standing">
        ${letter && html`<span role="status"><${State} state=${letter.status} /></span>`}
        <${CopyId} id=${id} />
      </p>
    <//>
    <${Problem} error=${error} />
    ${letter && html`<${Letter} letter=${letter} />`}`;
}

function Actions({ path, done }) {
  const who = useStore(caller);
  if (!may(who, 'operator')) return null;
  const replay = async () => {
    await send('POST', `${path}/replay`);
    tell(t('dead.replayed'));
    done();
  };
  const discard = async () => {
    const input = { label: t('dead.reason'), required: true };
    const question = {
      title: t('dead.discardAsk'),
      body: t('dead.discard.body'),
      confirm: t('dead.discardOne'),
    };
    const answer = await ask({ ...question, danger: true, input });
    if (!answer) return;
    await send('POST', `${path}/discard`, { reason: answer.text });
    tell(t('dead.discarded'));
    done();
  };
  return html`<${ActButton} look="primary" act=${replay}>${t('dead.replayOne')}<//>
    <${ActButton} act=${discard}>${t('dead.discardOne')}<//>`;
}

function Letter({ letter }) {
  const { error, headers = {}, history = [] } = letter;
  return html`${error && html`<p class="problem">${error}</p>`}
    <div class="columns reversed">
      <div class="stack">
        <${Panel} title=${t('dead.payload')}><pre tabindex="0">${payloadText(letter)}</pre><//>
        ${
          Object.keys(headers).length > 0 &&
          html`<${Panel} title=${t('dead.headers')}>
            <pre tabindex="0">${JSON.stringify(headers, null, 2)}</pre>
          <//>`
        }
      </div>
      <div class="stack">
        <${Panel} title=${t('task.facts')}><${Facts} letter=${letter} /><//>
        <${Panel} title=${t('task.history')}><${Acts} history=${history} /><//>
      </div>
    </div>`;
}

function payloadText({ payload, payload_encoding: encoding }) {
  if (payload === null || payload === undefined) return '–';
  return encoding === 'json' ? JSON.stringify(payload, null, 2) : String(payload);
}

function Facts({ letter }) {
  return html`<dl class="facts">
    <div>
      <dt>${t('column.kind')}</dt>
      <dd>${t(`kind.${letter.kind}`)}</dd>
    </div>
    <div>
      <dt>${t('column.reason')}</dt>
      <dd><code>${letter.reason}</code></dd>
    </div>
    <div>
      <dt>${t('column.tries')}</dt>
      <dd>${letter.attempts}</dd>
    </div>
    <div>
      <dt>${t('dead.first')}</dt>
      <dd><${Time} at=${letter.first_at} /></dd>
    </div>
    <div>
      <dt>${t('column.last')}</dt>
      <dd><${Time} at=${letter.last_at} /></dd>
    </div>
    ${
      letter.task_id &&
      html`<div>
        <dt>${t('page.task')}</dt>
        <dd>
          <a href=${href(`/tasks/${letter.task_id}`)}><code>…${letter.task_id.slice(-8)}</code></a>
        </dd>
      </div>`
    }
    ${
      letter.replayed_as &&
      html`<div>
        <dt>${t('dead.replayedAs')}</dt>
        <dd><${ReplayedAs} letter=${letter} /></dd>
      </div>`
    }
  </dl>`;
}

function ReplayedAs({ letter }) {
  const { kind, replayed_as: id } = letter;
  if (kind !== 'task') return html`<${CopyId} id=${id} short />`;
  return html`<a href=${href(`/tasks/${id}`)}><code>…${id.slice(-8)}</code></a>`;
}

function Acts({ history }) {
  return html`<ol class="timeline">
    ${history.map(
      ({ at, action, by, reason, detail }, index) =>
        html`<li key=${index}>
          <p class="station-head">
            <${State} state=${action} label=${t.optional(`act.${action}`) ?? action} /> <${Time} at=${at} />
          </p>
          <p class="soft">${[by, reason, detail].filter(Boolean).join(' · ')}</p>
        </li>`,
    )}
  </ol>`;
}
