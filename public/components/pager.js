import { t } from '../i18n/index.js';
import { html } from '../vendor.js';
import { Icon } from './icon.js';

/** Leads through pages: `onFirst`, `onBack` and `onNext` are there where there is somewhere to go. */
export function Pager({ onFirst, onBack, onNext, children }) {
  if (!onFirst && !onBack && !onNext && !children) return null;
  return html`<nav class="pager" aria-label=${t('pager.name')}>
    <span class="soft">${children}</span>
    ${onFirst && html`<${Step} go=${onFirst}>${t('pager.first')}<//>`}
    ${onBack && html`<${Step} go=${onBack}><${Icon} name="back" />${t('pager.back')}<//>`}
    ${onNext && html`<${Step} go=${onNext}>${t('pager.next')}<${Icon} name="forth" /><//>`}
  </nav>`;
}

function Step({ go, children }) {
  return html`<button type="button" class="button quiet" onClick=${go}>${children}</button>`;
}
