import { expect } from 'chai';
import type { Page } from 'playwright-core';
import { type AmqpClient, amqpClient } from '../../support/amqp-client.js';
import { attemptsFile } from '../../support/attempts-file.js';
import { OperatorPage } from '../../support/operator-page.js';
import { rabbitmq } from '../../support/rabbitmq.js';
import { RestClient } from '../../support/rest-client.js';
import { type Service, startService } from '../../support/service.js';
import { waitFor } from '../../support/wait-for.js';

const rows = (page: Page) => page.locator('table.letters tbody tr');

describe('the page: dead letters', function () {
  this.timeout(120_000);
  const operator = new OperatorPage();
  let service: Service;
  let client: AmqpClient;
  let env: Record<string, string>;

  before(async () => {
    const url = await (await rabbitmq()).vhostUrl();
    client = await amqpClient(url, ['task_report', 'ready_report']);
    env = { DATA_FILE: await attemptsFile(), AMQP_URL: url, REPORTS_MAX_PHONES: '1' };
    service = await startService({ env });
  });
  after(async () => {
    await client?.close();
    await service?.stop();
  });
  afterEach(() => operator.close());

  /** Jobs for more phones than the service takes: they become dead letters. */
  function sendTooLarge(count: number): Promise<void> {
    const bodies = Array.from({ length: count }, (_, n) =>
      JSON.stringify({ correlation_id: n, phones: [1, 2] }),
    );
    return client.send('task_report', bodies);
  }

  it('says what would be here while there are none, and shows one as it comes', async () => {
    const page = await operator.open(service.url, '/dead-letters');
    await page.getByText('There are no dead letters.').waitFor();
    await sendTooLarge(1);
    await rows(page).first().getByText('task_report').waitFor();
    await rows(page).first().getByText('waiting').waitFor();
  });

  it('shows what one holds and why it is here, and replays it once that is mended', async () => {
    await service.stop();
    service = await startService({ cwd: service.cwd, env: { ...env, REPORTS_MAX_PHONES: '10' } });
    const page = await operator.open(service.url, '/dead-letters');
    await rows(page).first().getByRole('link', { name: 'task_report' }).click();
    await page.getByText('must hold at most 1 phones, got 2').first().waitFor();
    await page.locator('pre', { hasText: '"phones"' }).waitFor();
    await page.getByRole('button', { name: 'Replay' }).click();
    await page.getByText('It is done again.').waitFor();
    await page.getByRole('status').getByText('replayed').waitFor();
    const rest = new RestClient(service.url);
    await waitFor('the report', async () => (await rest.tasks('&task_status=completed')).length === 1);
  });

  it('discards all that match, after it has told how many and was given a reason', async () => {
    await client.send('task_report', ['no job', 'neither']);
    const page = await operator.open(service.url, '/dead-letters?status=waiting&source=task_report');
    await waitFor('both', async () => (await rows(page).count()) === 2);
    await page.getByRole('button', { name: 'Discard matching…' }).click();
    const dialog = page.getByRole('dialog', { name: 'Discard 2 dead letters?' });
    await dialog.getByLabel('Reason, kept with the act').fill('known fault');
    await dialog.getByRole('button', { name: 'Discard 2' }).click();
    await page.getByText('2 dead letters are being discarded.').waitFor();
    await page.getByText('No dead letter matches.').waitFor();
    await page.getByLabel('State').selectOption('discarded');
    await waitFor('both as discarded', async () => (await rows(page).count()) === 2);
    expect(page.url()).to.include('status=discarded');
  });

  it('does nothing where the question is answered with no', async () => {
    await client.send('task_report', ['a third']);
    const page = await operator.open(service.url, '/dead-letters?status=waiting');
    await rows(page).first().waitFor();
    await page.getByRole('button', { name: 'Replay matching…' }).click();
    await page.getByRole('dialog', { name: 'Replay 1 dead letter?' }).waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    await rows(page).first().getByText('waiting').waitFor();
  });
});
