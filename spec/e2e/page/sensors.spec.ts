import { expect } from 'chai';
import type { Page } from 'playwright-core';
import { seriousFindings } from '../../support/axe.js';
import { HeldAnswer } from '../../support/held-answer.js';
import { OperatorPage, arrived, goTo } from '../../support/operator-page.js';
import { RestClient } from '../../support/rest-client.js';
import { type Service, startService } from '../../support/service.js';

const row = (page: Page, table: string, text: string) =>
  page.locator(`table.${table} tbody tr`, { hasText: text });

describe('the page: sensors', function () {
  this.timeout(120_000);
  const operator = new OperatorPage();
  let service: Service;
  let rest: RestClient;
  let sensor: string;

  const made = async (path: string, body: object): Promise<string> =>
    ((await rest.post(`/api/v1/${path}`, { body })).body as { id: string }).id;
  const say = (status: string): Promise<unknown> =>
    rest.post(`/api/v1/sensors/${sensor}/events`, { body: { status, payload: { volts: 3.1 } } });

  before(async () => {
    service = await startService();
    rest = new RestClient(service.url);
    const client_id = await made('clients', { name: 'Acme' });
    sensor = await made('sensors', { client_id, external_id: 'door-1', name: 'Front door', kind: 'door' });
    await made('sensors', { client_id, external_id: 'lamp-1', name: 'Lamp', kind: 'lamp' });
    const rule = { name: 'Left open', severity: 'major', condition: 'status', statuses: ['open'] };
    await made('alarm-rules', rule);
    await say('closed');
  });
  after(() => service?.stop());
  afterEach(() => operator.close());

  it('shows each sensor and its status as it changes', async () => {
    const page = await operator.open(service.url, '/sensors');
    await row(page, 'sensors', 'Front door').getByText('closed').waitFor();
    await row(page, 'sensors', 'Lamp').getByText('nothing yet').waitFor();
    await say('ajar');
    await row(page, 'sensors', 'Front door').getByText('ajar').waitFor();
    await page.getByLabel('Status').fill('ajar');
    await row(page, 'sensors', 'Lamp').waitFor({ state: 'detached' });
    expect(page.url()).to.include('status=ajar');
  });

  it('shows how a sensor is even where that changed while the list was on its way', async () => {
    const page = await operator.open(service.url, '/tasks');
    const list = await HeldAnswer.to(page, '**/api/v1/sensors?*');
    await goTo(page, '/sensors');
    await list.asked;
    await say('forced');
    await list.release();
    await row(page, 'sensors', 'Front door').getByText('forced').waitFor();
  });

  it('shows what a sensor said, newest first, as it comes', async () => {
    const page = await operator.open(service.url, '/sensors');
    await row(page, 'sensors', 'Front door').getByRole('link', { name: 'Front door' }).press('Enter');
    await page.getByRole('heading', { name: 'Front door' }).waitFor();
    await row(page, 'timeline', 'closed').getByText('{"volts":3.1}').waitFor();
    await say('locked');
    await page.locator('table.timeline tbody tr').first().getByText('locked').waitFor();
  });

  it('shows alarms as they come, and lets them be acknowledged by keyboard', async () => {
    const page = await operator.open(service.url, '/alarms');
    await page.getByText('There are no alarms.').waitFor();
    await say('open');
    await row(page, 'alarms', 'Left open').getByText('major, active').waitFor();
    await page.getByRole('button', { name: 'Acknowledge Left open' }).press('Enter');
    await page.getByLabel('Note, for the others').fill('On my way');
    await page.getByRole('dialog').getByRole('button', { name: 'Acknowledge' }).press('Enter');
    await row(page, 'alarms', 'Left open').getByText('On my way').waitFor();
    await say('closed');
    await row(page, 'alarms', 'Left open').getByText('major, cleared, acknowledged').waitFor();
    await goTo(page, `/sensors/${sensor}`);
    await row(page, 'alarms', 'Left open').waitFor();
  });

  for (const [colorScheme, width, locale] of [
    ['light', 1280, 'en-GB'],
    ['dark', 360, 'ru-RU'],
  ] as const) {
    it(`has no serious finding of axe and needs no scrolling sideways, ${colorScheme}, ${width} px wide`, async () => {
      const viewport = { width, height: 800 };
      const page = await operator.open(service.url, '/', {
        ...{ colorScheme, viewport, locale },
        reducedMotion: 'reduce',
      });
      for (const address of ['/sensors', `/sensors/${sensor}`, '/alarms']) {
        await goTo(page, address);
        await arrived(page, address);
        await page.locator('table').first().waitFor();
        expect(await seriousFindings(page), address).to.deep.equal([]);
        const over = await page.evaluate('document.documentElement.scrollWidth - innerWidth');
        expect(over, address).to.be.at.most(0);
      }
    });
  }

  it('speaks Russian to whose browser does', async () => {
    const page = await operator.open(service.url, '/sensors', { locale: 'ru-RU' });
    await page.getByRole('heading', { name: 'Датчики' }).waitFor();
    await row(page, 'sensors', 'Lamp').getByText('пока ничего').waitFor();
    await goTo(page, '/alarms');
    await page.getByRole('heading', { name: 'Тревоги', exact: true }).waitFor();
  });
});
