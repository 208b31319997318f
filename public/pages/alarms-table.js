import { ActButton } from '../components/button.js';
import { ask } from '../components/dialog.js';
import { Table } from '../components/table.js';
import { Time } from '../components/time.js';
import { tell } from '../components/toasts.js';
import { send } from '../core/api.js';
import { href } from '../core/router.js';
import { caller, may } from '../core/session.js';
import { useStore } from '../core/store.js';
import { t } from '../i18n/index.js';
import { html } from '../vendor.js';
import { AlarmState } from './sensor-status.js';

/** Alarms, each to be acknowledged by whoever may; `done` is called after that. */
export function AlarmsTable({ alarms, withSensor = true, done }) {
  const who = useStore(caller);
  return html`<${Table}
    caption=${t('alarms.list')}
    columns=${columns(withSensor, may(who, 'operator') && done)}
    rows=${alarms}
    rowKey=${(alarm) => alarm.id}
    className="alarms"
  />`;
}

async function acknowledge({ id, name }, done) {
  const answer = await ask({
    title: t('alarms.ask', { name }),
    body: t('alarms.askBody'),
    confirm: t('alarms.acknowledge'),
    input: { label: t('alarms.note') },
  });
  if (!answer) return;
  const note = answer.text.trim();
  await send('POST', `api/v1/alarms/${id}/acknowledge`, note === '' ? {} : { note });
  tell(t('alarms.done', { name }));
  done();
}

const columns = (withSensor, done) => [
  { key: 'state', title: t('column.state'), render: (alarm) => html`<${AlarmState} alarm=${alarm} />` },
  { key: 'name', title: t('alarms.rule'), head: true, render: (alarm) => alarm.name },
  ...(withSensor
    ? [
        {
          key: 'sensor',
          title: t('page.sensor'),
          render: (alarm) =>
            html`<a href=${href(`/sensors/${alarm.sensor_id}`)}
              ><code>${alarm.sensor_id.slice(-12)}</code></a
            >`,
        },
      ]
    : []),
  { key: 'status', title: t('sensors.status'), grow: true, render: (alarm) => alarm.status ?? '' },
  {
    key: 'raised',
    title: t('alarms.raised'),
    numeric: true,
    render: (alarm) => html`<${Time} at=${alarm.raised_at} />`,
  },
  {
    key: 'cleared',
    title: t('alarms.clearedAt'),
    numeric: true,
    render: (alarm) => html`<${Time} at=${alarm.cleared_at} />`,
  },
  {
    key: 'act',
    title: t('column.act'),
    render: (alarm) =>
      alarm.acknowledged
        ? html`<span class="soft">${[alarm.acknowledged_by, alarm.note].filter(Boolean).join(': ')}</span>`
        : done &&
          html`<${ActButton}
            look="quiet"
            aria-label=${t('alarms.acknowledgeOf', { name: alarm.name })}
            act=${() => acknowledge(alarm, done)}
            >${t('alarms.acknowledge')}<//
          >`,
  },
];
