import { expect } from 'chai';
import type { Page } from 'playwright-core';
import { attemptsFile, putEnd, takeEnd } from '../../support/attempts-file.js';
import { OperatorPage, wasNotReloaded } from '../../support/operator-page.js';
import { RestClient } from '../../support/rest-client.js';
import { type Service, startService } from '../../support/service.js';
import { waitFor } from '../../support/wait-for.js';

const UNKNOWN = 9_999_999;

const rows = (page: Page) => page.locator('table.tasks tbody tr');
const rowOf = (page: Page, id: string) => rows(page).filter({ has: page.locator(`a[href$="${id}"]`) });

describe('the page: tasks', function () {
  this.timeout(120_000);
  const operator = new OperatorPage();
  let service: Service;
  let rest: RestClient;
  let file: string;

  before(async () => {
    file = await attemptsFile();
    service = await startService({ env: { DATA_FILE: file, DATA_SETTLE_S: '60', REPORTS_CONCURRENCY: '1' } });
    rest = new RestClient(service.url);
  });
  after(() => service.stop());
  afterEach(() => operator.close());

  async function ended(numbers: number[], status: string): Promise<string> {
    const id = await rest.accepted({ numbers, correlation_id: 'spec' });
    await waitFor('the end', async () => (await rest.task(id)).task_status === status);
    return id;
  }

  it('says what to do while there is none, and shows each as it comes and ends', async () => {
    const page = await operator.open(service.url, '/tasks');
    await page.getByText('No task yet.').waitFor();
    const id = await ended([1], 'completed');
    await rowOf(page, id).getByText('completed').waitFor();
    expect(await wasNotReloaded(page)).to.equal(true);
  });

  it('filters, keeps the filter in the address, and shows the same to whom the address is sent', async () => {
    const failed = await ended([UNKNOWN], 'error');
    const page = await operator.open(service.url, '/tasks');
    await waitFor('both', async () => (await rows(page).count()) === 2);
    await page.getByLabel('State').selectOption('failed');
    await waitFor('the one', async () => (await rows(page).count()) === 1);
    await page.getByLabel('Phone').fill(String(UNKNOWN));
    await waitFor('the address', () => page.url().includes(`phone=${UNKNOWN}`));
    const { hash } = new URL(page.url());
    const again = await operator.open(service.url, hash.slice(1));
    await rowOf(again, failed).waitFor();
    expect(await again.getByLabel('State').inputValue()).to.equal('error');
    await again.getByLabel('Phone').fill('1');
    await again.getByText('No task matches.').waitFor();
    await again.getByRole('button', { name: 'Clear' }).click();
    await waitFor('both', async () => (await rows(again).count()) === 2);
  });

  it('shows what happened to one, and retries it as another', async () => {
    const failed = await ended([UNKNOWN], 'error');
    const page = await operator.open(service.url, `/tasks/${failed}`);
    await page.getByText(`No attempts found for phones ${UNKNOWN}`).first().waitFor();
    const stations = page.locator('.timeline li');
    await waitFor('the history', async () => (await stations.count()) === 3);
    await page.getByRole('button', { name: 'Retry' }).click();
    await waitFor('the other task', () => !page.url().includes(failed));
    await page.getByRole('status').getByText('failed').waitFor();
    await page.goBack();
    await page.getByText('Retried as', { exact: true }).waitFor();
  });

  it('cancels one that is in work', async () => {
    await takeEnd(file);
    const id = await rest.accepted({ numbers: [1], correlation_id: 'running' });
    const page = await operator.open(service.url, `/tasks/${id}`);
    await page.getByRole('status').getByText('in work').waitFor();
    await page.getByRole('button', { name: 'Cancel the task' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Cancel the task' }).click();
    await page.getByRole('status').getByText('cancelled').waitFor();
    expect((await rest.task(id)).task_status).to.equal('cancelled');
    await putEnd(file);
  });

  it('cancels all that match, after it has told how many', async () => {
    await takeEnd(file);
    for (let n = 0; n < 4; n++) await rest.accepted({ numbers: [n], correlation_id: n });
    const page = await operator.open(service.url, '/tasks?status=pending');
    await waitFor('those that wait', async () => (await rows(page).count()) === 3);
    await page.getByRole('button', { name: 'Cancel matching…' }).click();
    const dialog = page.getByRole('dialog', { name: 'Cancel 3 tasks?' });
    await dialog.getByRole('button', { name: 'Cancel 3 tasks' }).click();
    await page.getByText('3 tasks are being cancelled.').waitFor();
    await page.getByText('No task matches.').waitFor();
    await putEnd(file);
  });

  it('pauses a kind of work, says who did and why, and resumes it', async () => {
    const page = await operator.open(service.url, '/tasks');
    const type = page.locator('.type', { hasText: 'Call report' });
    await type.getByRole('button', { name: 'Pause' }).click();
    const dialog = page.getByRole('dialog', { name: 'Pause Call report?' });
    await dialog.getByLabel('Why').fill('new data tonight');
    await dialog.getByRole('button', { name: 'Pause' }).click();
    await type.getByText('paused by loopback: new data tonight').waitFor();
    const id = await rest.accepted({ numbers: [1], correlation_id: 'held' });
    await rowOf(page, id).getByText('waiting').waitFor();
    await type.getByRole('button', { name: 'Resume' }).click();
    await rowOf(page, id).getByText('completed').waitFor();
  });
});
