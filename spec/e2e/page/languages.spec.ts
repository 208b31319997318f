import { expect } from 'chai';
import { OperatorPage, goTo } from '../../support/operator-page.js';
import { RestClient } from '../../support/rest-client.js';
import { type Service, startService } from '../../support/service.js';

describe('the page: languages and times', function () {
  this.timeout(120_000);
  const operator = new OperatorPage();
  let service: Service;

  before(async () => {
    service = await startService();
    await new RestClient(service.url).report({ numbers: [1, 2], correlation_id: 1 });
  });
  after(() => service.stop());
  afterEach(() => operator.close());

  it('speaks Russian to whose browser does', async () => {
    const page = await operator.open(service.url, '/', { locale: 'ru-RU' });
    await page.getByRole('heading', { name: 'Обзор' }).waitFor();
    expect(await page.locator('html').getAttribute('lang')).to.equal('ru');
    expect(await page.title()).to.equal('Обзор · Switchyard');
    await goTo(page, '/report');
    await page.getByLabel('Телефоны', { exact: true }).fill('1-5');
    await page.getByText('5 телефонов', { exact: true }).waitFor();
    await page.getByRole('button', { name: 'Запросить отчёт' }).click();
    await page.getByText('Отчёт готов: 5 телефонов.').waitFor();
  });

  it('speaks English to all others', async () => {
    const page = await operator.open(service.url, '/', { locale: 'fr-FR' });
    await page.getByRole('heading', { name: 'Overview' }).waitFor();
    expect(await page.locator('html').getAttribute('lang')).to.equal('en');
  });

  it("shows times in the reader's zone, and the exact one on hover", async () => {
    const [task] = await new RestClient(service.url).tasks();
    const page = await operator.open(service.url, '/tasks', { timezoneId: 'Asia/Tokyo' });
    const time = page.locator('table.tasks time').first();
    const shown = await time.textContent();
    expect(await time.getAttribute('title')).to.equal(task!.received);
    const there = new Intl.DateTimeFormat('en-GB', { timeStyle: 'medium', timeZone: 'Asia/Tokyo' });
    expect(shown).to.include(there.format(new Date(task!.received)));
  });
});
