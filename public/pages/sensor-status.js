import { State } from '../components/state.js';
import { t } from '../i18n/index.js';
import { html } from '../vendor.js';

/** How a sensor is, in its own word; its words mean nothing to us, so that the lamp says only whether it reports. */
export function SensorStatus({ sensor: { status, enabled } }) {
  if (!enabled) return html`<${State} state="cancelled" label=${status ?? t('sensors.off')} />`;
  return html`<${State}
    state=${status === null ? 'pending' : 'completed'}
    label=${status ?? t('sensors.silent')}
  />`;
}

/** The colour of an alarm: by how bad it is while it is active. */
export function AlarmState({ alarm: { active, severity, acknowledged } }) {
  const look = !active ? 'cancelled' : severity === 'critical' || severity === 'major' ? 'error' : 'waiting';
  const words = [t(`alarms.${severity}`), t(active ? 'alarms.active' : 'alarms.cleared')];
  if (acknowledged) words.push(t('alarms.known'));
  return html`<${State} state=${look} label=${words.join(', ')} />`;
}
