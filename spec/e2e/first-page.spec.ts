import { expect } from 'chai';
import type { Page } from 'playwright-core';
import { type CheckedPage, chromium } from '../support/chromium.js';
import { type Service, startService } from '../support/service.js';

const PATIENCE_MS = 20_000;

describe('the first page', () => {
  let service: Service;
  let checked: CheckedPage | undefined;

  before(async function () {
    this.timeout(90_000);
    service = await startService();
  });

  after(async () => {
    await service.stop();
  });

  async function open(path: string): Promise<Page> {
    checked = await (await chromium()).newPage(service.url);
    checked.page.setDefaultTimeout(PATIENCE_MS);
    await checked.page.goto(path);
    return checked.page;
  }

  /** Fails where the page printed an error, threw, or asked of another host. */
  afterEach(async () => {
    await checked?.close();
    checked = undefined;
  });

  it('says what to do while there is nothing, and how the parts are', async () => {
    const page = await open('/');
    await page.getByText('No task yet. Request a report above').waitFor();
    await page.getByText('No report is open. Request one above').waitFor();
    await page.locator('#parts li', { hasText: 'database' }).getByText('ok').waitFor();
  });

  it('shows a report and its task, without being loaded again', async () => {
    const page = await open('/');
    await page.evaluate(() => Object.assign(globalThis, { loadedOnce: true }));
    await page.getByLabel('Phones').fill('1-3');
    await page.getByText('3 phones', { exact: true }).waitFor();
    await page.getByRole('button', { name: 'Request report' }).click();
    await page.getByText('The report is ready: 3 phones.').waitFor();
    const phones = await page.locator('#report-table tbody th').allTextContents();
    expect(phones).to.deep.equal(['1', '2', '3']);
    const task = page.locator('#tasks li').first();
    await task.getByText('completed').waitFor();
    expect(page.url()).to.include((await task.locator('.id').textContent())!);
    expect(await page.evaluate(() => 'loadedOnce' in globalThis)).to.equal(true);
  });

  it('opens a report from the list, and gives it as CSV', async () => {
    const page = await open('/');
    await page
      .getByRole('link', { name: /^Open report/ })
      .first()
      .click();
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('link', { name: 'Download as CSV' }).click(),
    ]);
    expect(download.suggestedFilename()).to.match(/^report-[0-9a-f-]{36}\.csv$/);
    const chunks = await (await download.createReadStream()).toArray();
    expect(Buffer.concat(chunks as Buffer[]).toString()).to.match(/^phone,cnt_all_attempts,.*\r\n1,/);
  });

  it('names what it cannot read, and sends nothing', async () => {
    const page = await open('/');
    await page.getByLabel('Phones').fill('1, 9-7');
    await page.getByRole('button', { name: 'Request report' }).click();
    await page.getByText('The range 9-7 ends before it starts.').waitFor();
    expect(await page.evaluate('document.activeElement.id')).to.equal('phones');
    expect(new URL(page.url()).hash).to.equal('');
  });

  it('leads to the documentation with its list of operations', async () => {
    const page = await open('/');
    await page.getByRole('link', { name: 'API docs' }).first().click();
    await page.locator('.opblock', { hasText: '/api/v1/report' }).first().waitFor();
    expect(await page.locator('.opblock').count()).to.be.above(3);
  });
});
