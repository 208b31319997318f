import { t } from '../i18n/index.js';
import { html } from '../vendor.js';
import { Icon } from './icon.js';
import { tell } from './toasts.js';

/** An id, shortened where `short` says so, and a button that copies all of it. */
export function CopyId({ id, short = false, label = t('copy.id') }) {
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(id);
      tell(t('copy.done'));
    } catch {
      tell(t('copy.failed'), { look: 'bad' });
    }
  };
  return html`<span class="id">
    <code title=${id}>${short ? `…${id.slice(-8)}` : id}</code>
    <button type="button" class="icon-button" aria-label=${`${label}: ${id}`} title=${label} onClick=${copy}>
      <${Icon} name="copy" />
    </button>
  </span>`;
}
