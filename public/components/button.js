import { html, useState } from '../vendor.js';
import { tellError } from './toasts.js';

/**
 * A button whose act may take a while: it cannot be pressed twice meanwhile, and keeps its focus. What the act rejects
 * with is told.
 */
export function ActButton({ act, look = '', disabled = false, children, ...rest }) {
  const [busy, setBusy] = useState(false);
  const press = async () => {
    if (busy || disabled) return;
    setBusy(true);
    try {
      await act();
    } catch (error) {
      tellError(error);
    } finally {
      setBusy(false);
    }
  };
  return html`<button
    type="button"
    class="button ${look}"
    aria-disabled=${busy || disabled ? 'true' : undefined}
    onClick=${press}
    ...${rest}
  >
    ${children}
  </button>`;
}
