import { t } from '../i18n/index.js';
import { html } from '../vendor.js';
import { Icon } from './icon.js';

/** Leads through pages: `onFirst` and `onNext` are there where there is somewhere to go. */
export function Pager({ onFirst, onNext, children }) {
  if (!onFirst && !onNext && !children) return null;
  return html`<nav class="pager" aria-label=${t('pager.name')}>
    <span class="soft">${children}</span>
    ${
      onFirst &&
      html`<button type="button" class="button quiet" onClick=${onFirst}>
        <${Icon} name="back" />${t('pager.first')}
      </button>`
    }
    ${
      onNext &&
      html`<button type="button" class="button quiet" onClick=${onNext}>
        ${t('pager.next')}<${Icon} name="forth" />
      </button>`
    }
  </nav>`;
}
