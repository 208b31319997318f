import { AccessPanel } from './components/access.js';
import { DialogHost } from './components/dialog.js';
import { Empty } from './components/empty.js';
import { PageTitle } from './components/panel.js';
import { Problem } from './components/problem.js';
import { Shell } from './components/shell.js';
import { Toasts } from './components/toasts.js';
import { getJson } from './core/api.js';
import { reconnections, startLive } from './core/live.js';
import { href, route } from './core/router.js';
import { caller, token } from './core/session.js';
import { useStore } from './core/store.js';
import { language, t } from './i18n/index.js';
import { loadAll, pageOf, pages } from './pages/index.js';
import { html, render, useEffect, useRef, useState } from './vendor.js';

/** After the first page has come. */
const SPARE_TIME_MS = 3_000;

function App() {
  const { segments } = useStore(route);
  const { shown, error } = usePage(segments);
  const isBusy = !error && shown?.address !== segments.join('/');
  const isFirst = useRef(true);
  useEffect(() => {
    if (!shown) return;
    document.title = `${t(shown.title)} · Switchyard`;
    // The reader is told where they are now; at the first page the browser does that.
    if (!isFirst.current) {
      document.getElementById('page-title')?.focus({ preventScroll: true });
      scrollTo(0, 0);
    }
    isFirst.current = false;
  }, [shown]);
  return html`<${Shell} pages=${pages} isBusy=${isBusy}>
      <${AccessPanel} />
      <${Problem} error=${error}
        ><a href=${location.href} onClick=${() => location.reload()}>${t('error.loadAgain')}</a><//
      >
      ${shown && html`<${shown.component} key=${shown.title} id=${shown.id} />`}
    <//>
    <${DialogHost} />
    <${Toasts} />`;
}

/** The page of an address, once it is loaded; the one before stays until then. */
function usePage(segments) {
  const [state, setState] = useState({ shown: null, error: null });
  useEffect(() => {
    const { path, id, load } = pageOf(segments) ?? { load: async () => NotFound };
    const address = segments.join('/');
    const title = path === undefined ? 'notFound.title' : `page.${path || 'overview'}`;
    let isCurrent = true;
    load().then(
      (component) => isCurrent && setState({ shown: { address, component, id, title }, error: null }),
      () => isCurrent && setState((before) => ({ ...before, error: new Error(t('error.notLoaded')) })),
    );
    return () => (isCurrent = false);
  }, [segments.join('/')]);
  return state;
}

function NotFound() {
  return html`<${PageTitle} title=${t('notFound.title')} />
    <${Empty} title=${t('notFound.text')}><a href=${href('/')}>${t('notFound.back')}</a><//>`;
}

/** Who we are decides what is offered; where it cannot be told, everything is, and the service decides. */
async function askWhoWeAre() {
  try {
    caller.set(await getJson('api/v1/system/caller'));
  } catch {
    caller.set(null);
  }
}

document.documentElement.lang = language;
token.subscribe(askWhoWeAre);
reconnections.subscribe(askWhoWeAre);
startLive();
render(html`<${App} />`, document.getElementById('app'));
void askWhoWeAre();
setTimeout(loadAll, SPARE_TIME_MS);
