import { html, useRef, useState } from '../vendor.js';
import { Problem } from './problem.js';

/**
 * A form that is sent once, however often its button is pressed: nothing more is sent while `act()` is under way. What
 * that rejects with stands below until it succeeds.
 * @param label what stands on the button
 * @param actions further buttons beside it
 * @param nameOf turns the pointer of a problem into what the reader calls that field
 */
export function Form({ act, label, actions, nameOf, children, ...rest }) {
  const [error, setError] = useState(null);
  const [isBusy, setBusy] = useState(false);
  const running = useRef(false);

  async function submit(event) {
    event.preventDefault();
    if (running.current) return;
    running.current = true;
    setBusy(true);
    try {
      await act();
      setError(null);
    } catch (failure) {
      setError(failure);
    } finally {
      running.current = false;
      setBusy(false);
    }
  }

  return html`<form onSubmit=${submit} ...${rest}>
    ${children}
    <button type="submit" class="button primary" aria-disabled=${isBusy ? 'true' : undefined}>
      ${label}
    </button>
    ${actions}
    <${Problem} error=${error} nameOf=${nameOf} />
  </form>`;
}
