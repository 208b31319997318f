import { AccessPanel } from './components/access.js';
import { DialogHost } from './components/dialog.js';
import { Empty } from './components/empty.js';
import { PageTitle } from './components/panel.js';
import { Shell } from './components/shell.js';
import { Toasts } from './components/toasts.js';
import { getJson } from './core/api.js';
import { reconnections, startLive } from './core/live.js';
import { href, route } from './core/router.js';
import { caller, token } from './core/session.js';
import { useStore } from './core/store.js';
import { language, t } from './i18n/index.js';
import { pageOf, pages } from './pages/index.js';
import { html, render, useEffect, useRef } from './vendor.js';

function App() {
  const { segments } = useStore(route);
  const page = pageOf(segments);
  const address = segments.join('/');
  const isFirst = useRef(true);
  useEffect(() => {
    const name = page ? t(`page.${page.path || 'overview'}`) : t('notFound.title');
    document.title = `${name} · Switchyard`;
    // The reader is told where they are now; at the first page the browser does that.
    if (!isFirst.current) {
      document.getElementById('page-title')?.focus({ preventScroll: true });
      scrollTo(0, 0);
    }
    isFirst.current = false;
  }, [address]);
  return html`<${Shell} pages=${pages}>
      <${AccessPanel} />
      ${page ? html`<${page.component} key=${page.path} id=${page.id} />` : html`<${NotFound} />`}
    <//>
    <${DialogHost} />
    <${Toasts} />`;
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
