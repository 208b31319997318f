import type { Page } from 'playwright-core';
import { chromium, type CheckedPage, type PageOptions } from './chromium.js';

const PATIENCE_MS = 20_000;

/** The operator's page in a browser, as specs open it. */
export class OperatorPage {
  #checked: CheckedPage | undefined;

  /** Opens an address of the page (`/tasks?status=error`), in English unless `options` says otherwise. */
  async open(url: string, address = '/', options: PageOptions = {}): Promise<Page> {
    await this.close();
    this.#checked = await (await chromium()).newPage(url, { locale: 'en-GB', ...options });
    const { page } = this.#checked;
    page.setDefaultTimeout(PATIENCE_MS);
    await page.goto(`/#${address}`);
    await page.locator('h1').waitFor();
    // What loads the page anew loses it.
    await page.evaluate(() => Object.assign(globalThis, { loadedOnce: true }));
    return page;
  }

  /** Fails where the page printed an error, threw, or asked of another host. */
  async close(): Promise<void> {
    const checked = this.#checked;
    this.#checked = undefined;
    await checked?.close();
  }
}

export function wasNotReloaded(page: Page): Promise<boolean> {
  return page.evaluate(() => 'loadedOnce' in globalThis);
}

/** Goes to another address of the open page, as a link does. */
export async function goTo(page: Page, address: string): Promise<void> {
  await page.evaluate(`location.hash = ${JSON.stringify(`#${address}`)}`);
}
