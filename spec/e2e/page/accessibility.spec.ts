import { expect } from 'chai';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import type { Page } from 'playwright-core';
import { OperatorPage, goTo } from '../../support/operator-page.js';
import { RestClient } from '../../support/rest-client.js';
import { type Service, startService } from '../../support/service.js';

interface Finding {
  id: string;
  impact: string;
  nodes: { html: string; failureSummary: string }[];
}

const SERIOUS = new Set(['serious', 'critical']);
const LOOKS = [
  { colorScheme: 'light', viewport: { width: 1280, height: 800 } },
  { colorScheme: 'dark', viewport: { width: 360, height: 740 } },
] as const;

describe('the page: for everybody', function () {
  this.timeout(180_000);
  const operator = new OperatorPage();
  let service: Service;
  let addresses: string[];
  let axe: string;

  before(async () => {
    axe = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
    service = await startService();
    const rest = new RestClient(service.url);
    await rest.report({ numbers: [1, 2, 3], correlation_id: 1 });
    await rest.report({ numbers: [9_999_999], correlation_id: 2 });
    const [failed, completed] = (await rest.tasks()).map((task) => task.task_id);
    addresses = ['/', '/tasks', `/tasks/${failed}`, `/tasks/${completed}`, '/report', `/report/${completed}`];
    addresses.push('/dead-letters', '/settings', '/nowhere');
  });
  after(() => service.stop());
  afterEach(() => operator.close());

  /** Run by the browser's debugger, which the Content-Security-Policy does not bind. */
  async function seriousFindings(page: Page): Promise<string[]> {
    await page.evaluate(axe);
    const findings = await page.evaluate<Finding[]>('axe.run().then(({ violations }) => violations)');
    return findings
      .filter(({ impact }) => SERIOUS.has(impact))
      .map(
        ({ id, nodes }) =>
          `${id}: ${nodes.map(({ html, failureSummary }) => `${html} ${failureSummary}`).join('; ')}`,
      );
  }

  for (const look of LOOKS) {
    it(`has no serious finding of axe on any page, ${look.colorScheme}, ${look.viewport.width} px wide`, async () => {
      const page = await operator.open(service.url, '/', { ...look, reducedMotion: 'reduce' });
      for (const address of addresses) {
        await goTo(page, address);
        await settled(page);
        expect(await seriousFindings(page), address).to.deep.equal([]);
      }
    });

    it(`needs no scrolling sideways, ${look.viewport.width} px wide`, async () => {
      for (const locale of ['en-GB', 'ru-RU']) {
        const page = await operator.open(service.url, '/', { ...look, locale });
        for (const address of addresses) {
          await goTo(page, address);
          await settled(page);
          const over = await page.evaluate('document.documentElement.scrollWidth - innerWidth');
          expect(over, `${address} ${locale}`).to.be.at.most(0);
        }
      }
    });
  }

  it('can be used by keyboard: the link past the navigation, and focus at the heading of a new page', async () => {
    const page = await operator.open(service.url, '/');
    await page.keyboard.press('Tab');
    expect(await focused(page)).to.equal('Skip to the page');
    await page.keyboard.press('Enter');
    expect(await focused(page)).to.equal('Overview');
    await page.getByRole('link', { name: 'New report' }).press('Enter');
    await page.getByRole('heading', { name: 'New report' }).waitFor();
    expect(await focused(page)).to.equal('New report');
    await page.keyboard.press('Tab');
    await page.keyboard.type('1-3');
    await page.keyboard.press('Tab');
    await page.getByRole('button', { name: 'Request report' }).press('Enter');
    await page.getByText('The report is ready: 3 phones.').waitFor();
  });

  it('puts focus into a dialog, keeps it there, and gives it back', async () => {
    const page = await operator.open(service.url, '/tasks');
    const button = page.getByRole('button', { name: 'Retry matching…' });
    await button.press('Enter');
    const dialog = page.getByRole('dialog');
    await dialog.waitFor();
    for (let press = 0; press < 5; press++) {
      await page.keyboard.press('Tab');
      const inside = await page.evaluate(
        "document.activeElement === document.body || document.activeElement.closest('dialog') !== null",
      );
      expect(inside).to.equal(true);
    }
    await page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'detached' });
    expect(await focused(page)).to.equal('Retry matching…');
  });
});

function focused(page: Page): Promise<unknown> {
  return page.evaluate('document.activeElement.textContent.trim()');
}

/** What a page asks for has come, and is shown. */
async function settled(page: Page): Promise<void> {
  await page.locator('main:not([aria-busy])').waitFor();
  await page.waitForLoadState('networkidle');
  await page.locator('.loading').waitFor({ state: 'detached' });
}
