import { t } from '../i18n/index.js';
import { html } from '../vendor.js';

/** How far something is; without a total it only shows that work goes on. */
export function Progress({ done, total, label, children }) {
  const known = total > 0;
  const percent = known ? Math.min(100, Math.floor((100 * done) / total)) : undefined;
  return html`<div class="progress">
    <progress aria-label=${label} max="100" ...${known ? { value: percent } : {}}></progress>
    <span class="progress-text">${known ? t('unit.percent', { n: percent }) : ''} ${children}</span>
  </div>`;
}
