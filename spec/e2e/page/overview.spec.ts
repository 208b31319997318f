import { expect } from 'chai';
import { appendFile } from 'node:fs/promises';
import { attemptsFile, putEnd, takeEnd } from '../../support/attempts-file.js';
import { OperatorPage, wasNotReloaded } from '../../support/operator-page.js';
import { RestClient } from '../../support/rest-client.js';
import { type Service, startService } from '../../support/service.js';
import { waitFor } from '../../support/wait-for.js';

/** So many that a part of them is read when the progress is told. */
const MANY = 2_000_000;

describe('the page: the overview', function () {
  this.timeout(120_000);
  const operator = new OperatorPage();
  let service: Service;
  let rest: RestClient;
  let file: string;

  before(async () => {
    file = await attemptsFile(MANY);
    service = await startService({ env: { DATA_FILE: file, DATA_SETTLE_S: '60', WORKER_THREADS: '1' } });
    rest = new RestClient(service.url);
  });
  after(() => service.stop());
  afterEach(() => operator.close());

  it('shows every part, queue and plot, and says what to do while nothing is in work', async () => {
    const page = await operator.open(service.url);
    await page.getByText('All is running').waitFor();
    await page.getByText('Nothing is in work.').waitFor();
    const { parts } = (await rest.get('/readyz')).body as { parts: object };
    await waitFor(
      'the parts',
      async () => (await page.locator('.parts li').count()) === Object.keys(parts).length,
    );
    await page.locator('.queues li', { hasText: 'ready_report' }).waitFor();
    expect(await page.locator('.plot canvas').count()).to.equal(4);
  });

  it('moves by itself: what is in work, how far it is, and that it has ended', async () => {
    const page = await operator.open(service.url);
    await page.getByText('Nothing is in work.').waitFor();
    await takeEnd(file);
    const id = await rest.accepted({ numbers: [1], correlation_id: 1 });
    const row = page.locator('.running-task', { has: page.locator(`a[href$="${id}"]`) });
    await row.waitFor();
    const isOnItsWay = async (): Promise<boolean> => {
      await appendFile(file, ' ');
      const percent = Number(await row.getByRole('progressbar').getAttribute('value'));
      return percent > 0 && percent < 100;
    };
    // The overview is told anew every two seconds, and a look may fall between two readings of the file.
    await waitFor('its progress', isOnItsWay, { timeoutMs: 45_000 });
    await putEnd(file);
    await row.waitFor({ state: 'detached' });
    const completed = page.locator('.figures > div', { hasText: 'Completed, 1 h' });
    await completed.getByText('1', { exact: true }).waitFor();
    await page.locator('.legend li', { hasText: 'completed' }).first().getByText(/\d/).waitFor();
    expect(await wasNotReloaded(page)).to.equal(true);
  });
});
