import { expect } from 'chai';
import type { Page } from 'playwright-core';
import { seriousFindings } from '../../support/axe.js';
import { BinanceServer } from '../../support/binance-server.js';
import { HeldAnswer } from '../../support/held-answer.js';
import { OperatorPage, arrived, goTo } from '../../support/operator-page.js';
import { RestClient } from '../../support/rest-client.js';
import { type Service, startService } from '../../support/service.js';
import { waitFor } from '../../support/wait-for.js';

const row = (page: Page, table: string, text: string) =>
  page.locator(`table.${table} tbody tr`, { hasText: text });

describe('the page: exchange rates', function () {
  this.timeout(120_000);
  const operator = new OperatorPage();
  let binance: BinanceServer;
  let service: Service;
  let rest: RestClient;

  before(async () => {
    binance = await BinanceServer.start();
    const env = {
      RATES_ENABLED: 'on',
      RATES_BINANCE_URL: binance.url,
      RATES_COINGECKO_URL: 'http://127.0.0.1:1',
    };
    service = await startService({ env });
    rest = new RestClient(service.url);
    await waitFor('the feed', () => binance.hears('BTCUSDT'), { timeoutMs: 30_000 });
    await trade('54000.000123');
  });
  after(async () => {
    await service?.stop();
    await binance.stop();
  });
  afterEach(() => operator.close());

  async function trade(price: string): Promise<void> {
    binance.trade('BTCUSDT', price);
    await waitFor('the course', async () => {
      const { text } = await rest.get('/api/v1/currency_pair?currency_pair=BTC-USDT');
      return text.includes(`"value_text":"${price}"`);
    });
  }

  it('shows every pair with its rate, source and age, and a rate as it comes', async () => {
    const page = await operator.open(service.url, '/rates');
    const bitcoin = row(page, 'rates', 'BTC-USDT');
    await bitcoin.getByText('54,000.000123').waitFor();
    await bitcoin.getByText('binance').waitFor();
    await bitcoin.locator('svg polyline').waitFor({ state: 'attached' });
    await row(page, 'rates', 'BTC-USD').getByText('quoted in USDT').first().waitFor();
    await trade('54321.5');
    await bitcoin.getByText('54,321.5').waitFor();
    await page.getByLabel('Pair contains').fill('xyz');
    await page.getByText('No pair matches.').waitFor();
    await page.getByLabel('Pair contains').fill('btc-usdt');
    expect(await page.locator('table.rates tbody tr').count()).to.equal(1);
  });

  it('shows how a pair got there, live, over as long as is chosen', async () => {
    const page = await operator.open(service.url, '/rates');
    await row(page, 'rates', 'BTC-USDT').getByRole('link', { name: 'BTC-USDT' }).click();
    await page.getByRole('heading', { name: 'BTC-USDT' }).waitFor();
    await page.locator('.plot canvas').waitFor();
    await trade('55555.5');
    await page.locator('.figures').getByText('55,555.5').waitFor();
    await page.locator('.legend').getByText('55,555.5').first().waitFor();
    const week = page.getByRole('button', { name: '1 week' });
    await week.press('Enter');
    expect(await week.getAttribute('aria-pressed')).to.equal('true');
    expect(page.url()).to.include('span=1h');
  });

  it('keeps the newest rate where an answer comes late', async () => {
    const page = await operator.open(service.url, '/tasks');
    const courses = await HeldAnswer.to(page, '**/api/v1/courses');
    const pair = await HeldAnswer.to(page, '**/api/v1/currency_pair*');
    await goTo(page, '/rates');
    await courses.asked;
    await trade('55000.5');
    await row(page, 'rates', 'BTC-USDT').getByText('55,000.5').waitFor();
    await courses.release();
    await row(page, 'rates', 'BTC-USDT').getByText('55,000.5').waitFor();
    await goTo(page, '/rates/BTC-USDT');
    await pair.asked;
    await trade('55001.5');
    await page.locator('.figures').getByText('55,001.5').waitFor();
    await pair.release();
    await page.locator('.legend').getByText('55,001.5').first().waitFor();
    await page.locator('.figures').getByText('55,001.5').waitFor();
  });

  it('sets an alert, tells when it fires, and removes it', async () => {
    const page = await operator.open(service.url, '/rates/BTC-USDT', { expectedErrors: /422/ });
    const form = page.getByRole('form', { name: 'New alert' });
    await form.getByLabel('Value').fill('nothing');
    await form.getByRole('button', { name: 'Set alert' }).click();
    await form.getByRole('alert').getByText('must be a decimal number above 0').waitFor();
    await form.getByLabel('Value').fill('60000,5');
    await form.getByLabel('Value').press('Enter');
    await row(page, 'alerts', 'BTC-USDT above 60,000.5').getByText('armed').waitFor();
    await trade('61000');
    await page.getByText('BTC-USDT above 60,000.5: it is 61,000 now.').waitFor();
    await row(page, 'alerts', 'above 60,000.5').getByText('fired').waitFor();
    await page.getByRole('button', { name: 'Remove: BTC-USDT above 60,000.5' }).press('Enter');
    await page.getByRole('dialog').getByRole('button', { name: 'Remove' }).press('Enter');
    await page.getByText('Nobody waits for a rate.').waitFor();
  });

  it('changes what is followed while it runs', async () => {
    const page = await operator.open(service.url, '/rates');
    await page.getByRole('button', { name: 'Follow more' }).click();
    const form = page.getByRole('form', { name: 'Follow more' });
    await form.getByLabel('Symbols').fill('SOL, TON');
    await form.getByLabel('Currencies').fill('USDT');
    await form.getByRole('button', { name: 'Save' }).click();
    const added = row(page, 'followed', 'SOL, TON');
    await added.waitFor();
    await waitFor('the new pair to be followed', () => binance.hears('SOLUSDT'));
    binance.trade('SOLUSDT', '150.25');
    await row(page, 'rates', 'SOL-USDT').getByText('150.25').waitFor();
    await added.getByRole('button', { name: /^Change/ }).click();
    const change = page.getByRole('form', { name: 'Change' });
    await change.getByLabel('Symbols').fill('SOL');
    await change.getByRole('button', { name: 'Save' }).click();
    await waitFor('the other to be left', () => !binance.hears('TONUSDT'));
    const changed = row(page, 'followed', 'SOL');
    await changed.getByRole('button', { name: /^Pause/ }).click();
    await changed.getByText('paused').waitFor();
    await changed.getByRole('button', { name: /^Remove/ }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Remove' }).click();
    await changed.waitFor({ state: 'detached' });
  });

  it('offers no acts to who may only read', async () => {
    const { token } = (await rest.post('/api/v1/tokens', { body: { name: 'reader', role: 'viewer' } }))
      .body as { token: string };
    const page = await operator.open(service.url, '/rates', { expectedErrors: /401/ });
    const field = page.getByRole('textbox', { name: 'Token' });
    await field.fill(token);
    await field.press('Enter');
    await row(page, 'rates', 'BTC-USDT').waitFor();
    await row(page, 'followed', 'coingecko').waitFor();
    expect(await page.getByRole('button', { name: 'Follow more' }).count()).to.equal(0);
    await goTo(page, '/alerts');
    await page.getByText('Nobody waits for a rate.').waitFor();
    expect(await page.getByRole('form').count()).to.equal(0);
  });
});

describe('the page: exchange rates, for everybody', function () {
  this.timeout(120_000);
  const operator = new OperatorPage();
  let binance: BinanceServer;
  let service: Service;

  before(async () => {
    binance = await BinanceServer.start();
    const env = {
      RATES_ENABLED: 'on',
      RATES_BINANCE_URL: binance.url,
      RATES_COINGECKO_URL: 'http://127.0.0.1:1',
    };
    service = await startService({ env });
    const rest = new RestClient(service.url);
    await waitFor('the feed', () => binance.hears('BTCUSDT'), { timeoutMs: 30_000 });
    binance.trade('BTCUSDT', '54000.000123');
    const body = { pair: 'BTC-USDT', op: 'change_pct', value: 5, window_s: 3_600 };
    await rest.post('/api/v1/alerts', { body });
    await waitFor(
      'the course',
      async () => (await rest.get('/api/v1/currency_pair?currency_pair=BTC-USDT')).status === 200,
    );
  });
  after(async () => {
    await service?.stop();
    await binance.stop();
  });
  afterEach(() => operator.close());

  for (const [colorScheme, width, locale] of [
    ['light', 1280, 'en-GB'],
    ['dark', 360, 'ru-RU'],
  ] as const) {
    it(`has no serious finding of axe and needs no scrolling sideways, ${colorScheme}, ${width} px wide`, async () => {
      const look = {
        colorScheme,
        viewport: { width, height: 800 },
        locale,
        reducedMotion: 'reduce',
      } as const;
      const page = await operator.open(service.url, '/', look);
      for (const address of ['/rates', '/rates/BTC-USDT', '/alerts']) {
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
    const page = await operator.open(service.url, '/rates', { locale: 'ru-RU' });
    await page.getByRole('heading', { name: 'Курсы валют' }).waitFor();
    await row(page, 'rates', 'BTC-USDT').getByText('54 000,000123').waitFor();
    await goTo(page, '/alerts');
    await page.getByText('BTC-USDT: изменение на 5 % за 1 ч').waitFor();
  });
});
