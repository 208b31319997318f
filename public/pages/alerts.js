import { PageTitle } from '../components/panel.js';
import { t } from '../i18n/index.js';
import { html } from '../vendor.js';
import { Alerts } from './alerts-list.js';

/** Conditions on rates that somebody is told of. */
export function AlertsPage() {
  return html`<${PageTitle} title=${t('page.alerts')} /><${Alerts} />`;
}
