import { t } from '../i18n/index.js';
import { html } from '../vendor.js';

const MOST_ERRORS = 20;

/** What went wrong: what happened, which fields, and the id to ask about. `nameOf` turns a pointer into words. */
export function Problem({ error, nameOf = (pointer) => pointer, children }) {
  if (!error) return null;
  const errors = error.errors ?? [];
  return html`<div class="problem" role="alert">
    <p>${error.message}</p>
    ${
      errors.length > 0 &&
      html`<ul>
        ${errors.slice(0, MOST_ERRORS).map(({ pointer, detail }) => html`<li>${nameOf(pointer)} ${detail}</li>`)}
      </ul>`
    }
    ${error.requestId && html`<p class="hint">${t('error.requestId')} <code>${error.requestId}</code></p>`}
    ${error.mayPass && html`<p class="hint">${t('error.tryingAgain')}</p>`} ${children}
  </div>`;
}
