import { expect } from 'chai';
import type { Page } from 'playwright-core';
import { attemptsFile } from '../../support/attempts-file.js';
import { seriousFindings } from '../../support/axe.js';
import { OperatorPage } from '../../support/operator-page.js';
import { RestClient } from '../../support/rest-client.js';
import { type Service, startService } from '../../support/service.js';
import { WebhookReceiver } from '../../support/webhook-receiver.js';

const rows = (page: Page) => page.locator('table.webhooks tbody tr');
const deliveries = (page: Page) => page.locator('table.deliveries tbody tr');

describe('the page: webhooks', function () {
  this.timeout(120_000);
  const operator = new OperatorPage();
  let service: Service;
  let receiver: WebhookReceiver;

  before(async () => {
    receiver = await WebhookReceiver.start();
    const env = { DATA_FILE: await attemptsFile(), WEBHOOKS_ALLOWED_NETWORKS: '127.0.0.0/8' };
    service = await startService({ env });
  });
  after(async () => {
    await service.stop();
    await receiver.stop();
  });
  afterEach(() => operator.close());

  it('makes one, and shows its secret once', async () => {
    const page = await operator.open(service.url, '/webhooks');
    await page.getByText('There are no webhooks.').waitFor();
    await page.getByLabel('URL').fill(receiver.url('/page'));
    await page.getByLabel('Event types').fill('task.failed, task.completed');
    await page.getByLabel('Event types').press('Enter');
    await page.getByText(/^whsec_/).waitFor();
    await rows(page).first().getByText('not tried yet').waitFor();
    expect(await seriousFindings(page)).to.deep.equal([]);
    await page.getByRole('button', { name: 'I have kept it' }).click();
    await page.getByText(/^whsec_/).waitFor({ state: 'detached' });
  });

  it('shows deliveries as they are made, each attempt of one, and sends it again', async () => {
    receiver.behave('/page', { status: 500, body: 'no room' }, { status: 200 });
    const page = await operator.open(service.url, '/webhooks');
    await rows(page).first().getByRole('link').click();
    await page.getByText('No deliveries.').waitFor();
    await new RestClient(service.url).report({ numbers: [1], correlation_id: 1 });
    await deliveries(page).first().getByText('task.completed').click();
    await page.getByText('no room').waitFor();
    await page.getByText('answered 500').first().waitFor();
    expect(await seriousFindings(page)).to.deep.equal([]);
    await page.getByRole('button', { name: 'Send again', exact: true }).click();
    await page.getByText('1 delivery is on its way.').waitFor();
    await deliveries(page).first().getByText('delivered').waitFor();
    await page.getByRole('status').getByText('ok').waitFor();
  });

  it('sends a test, and is switched off and on', async () => {
    const page = await operator.open(service.url, '/webhooks');
    await rows(page).first().getByRole('link').click();
    await page.getByRole('button', { name: 'Send a test' }).click();
    await page.getByText('"webhook.test"').waitFor();
    await page.getByRole('button', { name: 'Disable' }).click();
    await page.getByText('somebody switched it off').waitFor();
    await page.getByRole('button', { name: 'Enable' }).click();
    await page.getByRole('button', { name: 'Send a test' }).waitFor();
    await page.getByRole('button', { name: 'New secret' }).click();
    await page
      .getByRole('dialog', { name: 'Make a new secret?' })
      .getByRole('button', { name: 'New secret' })
      .click();
    await page.getByText(/^whsec_/).waitFor();
  });

  it('fits a narrow screen, in the dark and in Russian', async () => {
    const look = { colorScheme: 'dark', viewport: { width: 360, height: 740 }, locale: 'ru-RU' } as const;
    const page = await operator.open(service.url, '/webhooks', look);
    await rows(page).first().getByRole('link').waitFor();
    const wide = (): Promise<unknown> => page.evaluate('document.documentElement.scrollWidth - innerWidth');
    expect(await wide()).to.be.at.most(0);
    expect(await seriousFindings(page)).to.deep.equal([]);
    await rows(page).first().getByRole('link').click();
    await deliveries(page).first().getByRole('link').click();
    await page.getByText('Что отправляется').or(page.locator('pre').first()).first().waitFor();
    expect(await wide()).to.be.at.most(0);
    expect(await seriousFindings(page)).to.deep.equal([]);
  });
});
