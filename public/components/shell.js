import { liveState } from '../core/live.js';
import { firstLoads } from '../core/load.js';
import { href, route } from '../core/router.js';
import { token } from '../core/session.js';
import { useStore } from '../core/store.js';
import { t } from '../i18n/index.js';
import { html } from '../vendor.js';
import { Caller } from './access.js';
import { State } from './state.js';

/** What stands around every page: where one is, where one can go, and whether what is shown is live. */
export function Shell({ pages, isBusy, children }) {
  const loads = useStore(firstLoads);
  const skip = (event) => {
    event.preventDefault();
    document.getElementById('page-title')?.focus();
  };
  return html`<a class="skip" href="#page-title" onClick=${skip}>${t('shell.skip')}</a>
    <div class="shell">
      <div class="side">
        <div class="side-in">
          <a class="brand" href=${href('/')}>
            <img src="icon.svg" alt="" width="28" height="28" />
            <span>Switchyard</span>
          </a>
          <${Navigation} pages=${pages} />
          <${Surroundings} />
        </div>
      </div>
      <main aria-busy=${isBusy || loads > 0 ? 'true' : undefined}>${children}</main>
    </div>`;
}

function Navigation({ pages }) {
  const { segments } = useStore(route);
  const here = segments[0] ?? '';
  return html`<nav class="line" aria-label=${t('shell.pages')}>
    <ul>
      ${pages
        .filter(({ hidden }) => !hidden)
        .map(
          ({ path }) =>
            html`<li key=${path}>
              <a href=${href(`/${path}`)} aria-current=${path === here ? 'page' : undefined}>
                <span class="station" aria-hidden="true"></span>${t(`page.${path || 'overview'}`)}
              </a>
            </li>`,
        )}
    </ul>
  </nav>`;
}

/** The documentation asks with the token that is kept; numbers for programs cannot, and would only be refused. */
function Elsewhere({ hasToken }) {
  return html`<p class="elsewhere">
    <a href="docs">${t('shell.docs')}</a>
    ${!hasToken && html`<a href="metrics">${t('shell.metrics')}</a>`}
  </p>`;
}

function Surroundings() {
  const live = useStore(liveState);
  const kept = useStore(token);
  return html`<div class="side-end">
    <p role="status">
      <${State} state=${live === 'waiting' ? 'no_answer' : live} label=${t(`live.${live}`)} />
    </p>
    <${Caller} hasToken=${kept !== null} />
    <${Elsewhere} hasToken=${kept !== null} />
  </div>`;
}
