import { type Browser, type BrowserContextOptions, chromium as launcher, type Page } from 'playwright-core';
import { ensureProgram } from './debian-package.js';
import { shared } from './shared-server.js';

const FLAGS = [
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

export interface CheckedPage {
  readonly page: Page;
  /** Closes the page; fails with what it printed as an error, threw, or asked of another host. */
  close(): Promise<void>;
}

export interface PageOptions extends BrowserContextOptions {
  /** Errors in the console that belong to the case: a browser says itself that a server is away. */
  expectedErrors?: RegExp;
}

export interface Chromium {
  /** A page of its own (no cookies or storage of others) that may talk to `baseUrl` alone. */
  newPage(baseUrl: string, options?: PageOptions): Promise<CheckedPage>;
  stop(): Promise<void>;
}

/** Started once a run: the browser that CHROMIUM_PATH names, or Debian's. */
export const chromium = shared(startChromium);

async function startChromium(): Promise<Chromium> {
  const given = process.env.CHROMIUM_PATH;
  const paths = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];
  const executablePath = given ?? (await ensureProgram(['chromium'], () => Promise.resolve(paths)));
  // The sandbox refuses root, and is right to; the pages here are our own.
  const args = process.getuid?.() === 0 ? [...FLAGS, '--no-sandbox'] : FLAGS;
  const browser = await launcher.launch({ executablePath, args, headless: true });
  return {
    newPage: (baseUrl, options) => newPage(browser, baseUrl, options),
    stop: () => browser.close(),
  };
}

async function newPage(
  browser: Browser,
  baseUrl: string,
  { expectedErrors, ...options }: PageOptions = {},
): Promise<CheckedPage> {
  const context = await browser.newContext({ baseURL: baseUrl, ignoreHTTPSErrors: true, ...options });
  const page = await context.newPage();
  const faults: string[] = [];
  const { host } = new URL(baseUrl);
  await context.route('**/*', (route) => {
    const url = new URL(route.request().url());
    if (url.host === host || url.protocol === 'data:' || url.protocol === 'blob:') return route.continue();
    faults.push(`asked another host: ${url.href}`);
    return route.abort();
  });
  page.on('websocket', (socket) => {
    if (new URL(socket.url()).host !== host) faults.push(`asked another host: ${socket.url()}`);
  });
  page.on('console', (message) => {
    const text = message.text();
    if (message.type() === 'error' && !expectedErrors?.test(text)) faults.push(`console: ${text}`);
  });
  page.on('pageerror', (error) => faults.push(`thrown: ${error.message}`));
  return {
    page,
    async close() {
      await context.close();
      if (faults.length > 0) throw new Error(`the page at ${baseUrl} has faults:\n  ${faults.join('\n  ')}`);
    },
  };
}
