import { createStore, useStore } from '../core/store.js';
import { t } from '../i18n/index.js';
import { html } from '../vendor.js';
import { Icon } from './icon.js';

const MOST = 4;
const SHOWN_MS = 6_000;
const toasts = createStore([]);
let lastKey = 0;

/** Says something that has happened. `look`: `good` (default), or `bad`, which stays until it is closed. */
export function tell(text, { look = 'good' } = {}) {
  const key = ++lastKey;
  toasts.set([...toasts.get(), { key, text, look }].slice(-MOST));
  if (look !== 'bad') setTimeout(() => dismiss(key), SHOWN_MS);
}

/** Says that something failed, and why. */
export function tellError(error) {
  const id = error.requestId ? ` (${t('error.requestId')} ${error.requestId})` : '';
  tell(`${error.message}${id}`, { look: 'bad' });
}

function dismiss(key) {
  toasts.set(toasts.get().filter((toast) => toast.key !== key));
}

export function Toasts() {
  const shown = useStore(toasts);
  return html`<div class="toasts" role="status" aria-live="polite" aria-label=${t('toasts.name')}>
    ${shown.map(
      ({ key, text, look }) =>
        html`<div class="toast ${look}" key=${key}>
          <p>${text}</p>
          <button
            type="button"
            class="icon-button"
            aria-label=${t('action.close')}
            onClick=${() => dismiss(key)}
          >
            <${Icon} name="close" />
          </button>
        </div>`,
    )}
  </div>`;
}
