import { expect } from 'chai';
import type { Page } from 'playwright-core';
import { seriousFindings } from '../../support/axe.js';
import { OperatorPage } from '../../support/operator-page.js';
import { RestClient } from '../../support/rest-client.js';
import { type Service, startService } from '../../support/service.js';

/** A browser says itself that it was refused, in the console. */
const REFUSED = /status of 40[13]/;

describe('the page: tokens and settings', function () {
  this.timeout(120_000);
  const operator = new OperatorPage();
  let service: Service;
  let admin: string;

  before(async () => {
    service = await startService({ env: { TASK_LEASE_S: '17', AMQP_REPLY_TO_PREFIXES: 'answers.' } });
  });
  after(() => service.stop());
  afterEach(() => operator.close());

  const row = (page: Page, table: string, text: string) =>
    page.locator(`table.${table} tr`, { hasText: text });

  it('shows the configuration in force, and where each value came from', async () => {
    const page = await operator.open(service.url, '/settings');
    await row(page, 'settings', 'TASK_LEASE_S').getByText('17').waitFor();
    await row(page, 'settings', 'TASK_LEASE_S').getByText('environment').waitFor();
    await row(page, 'settings', 'AMQP_URL').getByText('not set').waitFor();
    await page.getByLabel('Only what is not default').check();
    const names = await page.locator('table.settings tbody th').allTextContents();
    expect(names).to.deep.equal(['PORT', 'AMQP_REPLY_TO_PREFIXES', 'RATES_ENABLED', 'TASK_LEASE_S']);
  });

  it('makes the first token, shows it once, and goes on with it', async () => {
    const page = await operator.open(service.url, '/settings');
    await page.getByText('No token is in force.').waitFor();
    await page.getByLabel('Name', { exact: true }).fill('control room');
    await page.getByRole('button', { name: 'Make a token' }).click();
    await page.getByText('The token control room was made.').waitFor();
    admin = (await page.locator('.made code').textContent())!;
    await page.getByRole('button', { name: 'I have kept it' }).click();
    await row(page, 'tokens', 'control room').getByText('in force').waitFor();
    await page.getByText('control room · admin').waitFor();
    await page.getByText('Live', { exact: true }).waitFor();
    expect(await page.content()).not.to.include(admin);
  });

  it('asks for a token where one is needed, and shows the page once it has it', async () => {
    const page = await operator.open(service.url, '/tasks', { expectedErrors: REFUSED });
    await page.getByText('This service asks for a token').waitFor();
    expect(await seriousFindings(page)).to.deep.equal([]);
    await page.getByLabel('Token', { exact: true }).fill('not one');
    await page.getByRole('button', { name: 'Use token' }).click();
    await page.getByText('The token in use is not valid here').waitFor();
    await page.getByLabel('Token', { exact: true }).fill(admin);
    await page.getByRole('button', { name: 'Use token' }).click();
    await page.getByText('No task yet.').waitFor();
    await page.getByText('Live', { exact: true }).waitFor();
    await page.getByRole('button', { name: 'Forget the token' }).click();
    await page.getByText('This service asks for a token').waitFor();
  });

  it('offers a viewer nothing that a viewer may not do', async () => {
    const rest = new RestClient(service.url, { authorization: `Bearer ${admin}` });
    const made = await rest.post('/api/v1/tokens', { body: { name: 'wall display', role: 'viewer' } });
    const viewer = (made.body as { token: string }).token;
    const page = await operator.open(service.url, '/settings', { expectedErrors: REFUSED });
    await page.getByLabel('Token', { exact: true }).fill(viewer);
    await page.getByRole('button', { name: 'Use token' }).click();
    await page.getByText('Settings are for admins.').waitFor();
    await page.getByRole('link', { name: 'Tasks' }).click();
    await page.getByText('No task yet.').waitFor();
    expect(await page.getByRole('button', { name: /matching/ }).count()).to.equal(0);
    await page.getByRole('link', { name: 'New report' }).click();
    await page.getByText('Reports are requested by operators').waitFor();
    expect(await page.getByRole('button', { name: 'Request report' }).count()).to.equal(0);
  });

  it('leads to the documentation, which asks with the token in use, and to nothing that would be refused', async () => {
    const page = await operator.open(service.url, '/settings', { expectedErrors: REFUSED });
    await page.getByRole('link', { name: 'Metrics' }).waitFor();
    await page.getByLabel('Token', { exact: true }).fill(admin);
    await page.getByRole('button', { name: 'Use token' }).click();
    await page.getByRole('link', { name: 'Metrics' }).waitFor({ state: 'detached' });
    await page.getByRole('link', { name: 'API docs' }).click();
    await page.getByRole('heading', { name: 'Switchyard' }).first().waitFor();
    const operation = page.locator('#operations-system-Caller');
    await operation.locator('.opblock-summary').click();
    await operation.getByRole('button', { name: 'Try it out' }).click();
    await operation.getByRole('button', { name: 'Execute' }).click();
    await operation.locator('.live-responses-table').getByText('"control room"').waitFor();
    await page.goto('/asyncapi#schemas');
    await page.getByRole('heading', { name: 'Report jobs', exact: true }).waitFor();
    expect(await page.evaluate('scrollY'), 'the place that the address names').to.be.above(0);
  });

  it('says in the documentation what to do where there is no token', async () => {
    const page = await operator.open(service.url, '/settings', { expectedErrors: REFUSED });
    for (const path of ['/docs', '/asyncapi']) {
      await page.goto(path);
      await page.getByText('sign in on the first page').waitFor();
      expect(await page.locator('main').isVisible(), 'no word beside that').to.equal(false);
    }
    await page.getByRole('link', { name: 'First page' }).click();
    await page.getByLabel('Token', { exact: true }).waitFor();
  });

  it('revokes a token, after it has asked', async () => {
    const page = await operator.open(service.url, '/settings', { expectedErrors: REFUSED });
    await page.getByLabel('Token', { exact: true }).fill(admin);
    await page.getByRole('button', { name: 'Use token' }).click();
    await page.getByRole('button', { name: 'Revoke wall display' }).click();
    const dialog = page.getByRole('dialog', { name: 'Revoke the token wall display?' });
    await dialog.getByRole('button', { name: 'Revoke' }).click();
    await row(page, 'tokens', 'wall display').getByText('revoked').waitFor();
  });
});
