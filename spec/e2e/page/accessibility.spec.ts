import { expect } from 'chai';
import type { Page } from 'playwright-core';
import { seriousFindings } from '../../support/axe.js';
import { OperatorPage, arrived, goTo } from '../../support/operator-page.js';
import { RestClient } from '../../support/rest-client.js';
import { type Service, startService } from '../../support/service.js';

const LOOKS = [
  { colorScheme: 'light', viewport: { width: 1280, height: 800 } },
  { colorScheme: 'dark', viewport: { width: 360, height: 740 } },
] as const;

describe('the page: for everybody', function () {
  this.timeout(180_000);
  const operator = new OperatorPage();
  let service: Service;
  let addresses: string[];

  before(async () => {
    service = await startService();
    const rest = new RestClient(service.url);
    await rest.report({ numbers: [1, 2, 3], correlation_id: 1 });
    await rest.report({ numbers: [9_999_999], correlation_id: 2 });
    const [failed, completed] = (await rest.tasks()).map((task) => task.task_id);
    addresses = ['/', '/tasks', `/tasks/${failed}`, `/tasks/${completed}`, '/report', `/report/${completed}`];
    addresses.push('/dead-letters', '/settings', '/nowhere', '/rates', '/alerts');
  });
  after(() => service.stop());
  afterEach(() => operator.close());

  for (const look of LOOKS) {
    it(`has no serious finding of axe on any page, ${look.colorScheme}, ${look.viewport.width} px wide`, async () => {
      const page = await operator.open(service.url, '/', { ...look, reducedMotion: 'reduce' });
      for (const address of addresses) {
        await goTo(page, address);
        await arrived(page, address);
        expect(await seriousFindings(page), address).to.deep.equal([]);
      }
    });

    it(`needs no scrolling sideways, ${look.viewport.width} px wide`, async () => {
      for (const locale of ['en-GB', 'ru-RU']) {
        const page = await operator.open(service.url, '/', { ...look, locale });
        for (const address of addresses) {
          await goTo(page, address);
          await arrived(page, address);
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
    await button.press('Enter');
    await dialog.getByRole('button', { name: 'Back' }).press('Enter');
    await dialog.waitFor({ state: 'detached' });
    expect(await focused(page)).to.equal('Retry matching…');
  });
});

function focused(page: Page): Promise<unknown> {
  return page.evaluate('document.activeElement.textContent.trim()');
}
