import { expect } from 'chai';
import { appendFile } from 'node:fs/promises';
import type { Page } from 'playwright-core';
import { attemptsFile, putEnd, takeEnd } from '../../support/attempts-file.js';
import { OperatorPage, wasNotReloaded } from '../../support/operator-page.js';
import { RestClient } from '../../support/rest-client.js';
import { type Service, startService } from '../../support/service.js';
import { waitFor } from '../../support/wait-for.js';

/** So many that reading them takes several tellings of the progress. */
const MANY = 2_000_000;
const PHONES = 200;

describe('the page: a report', function () {
  this.timeout(120_000);
  const operator = new OperatorPage();
  let service: Service;
  let file: string;

  before(async () => {
    file = await attemptsFile(MANY, 1, PHONES);
    service = await startService({ env: { DATA_FILE: file, DATA_SETTLE_S: '60', WORKER_THREADS: '1' } });
  });
  after(() => service.stop());
  afterEach(() => operator.close());

  async function request(page: Page, phones: string): Promise<void> {
    await page.getByLabel('Phones', { exact: true }).fill(phones);
    await page.getByRole('button', { name: 'Request report' }).click();
  }

  it('is asked for, shows how much of the file is read, and then itself, without being loaded again', async () => {
    await takeEnd(file); // read anew whenever something is written to it, until its end is there
    const page = await operator.open(service.url, '/report');
    await page.getByText('No report is open.').waitFor();
    await request(page, '1-3');
    const bar = page.getByRole('progressbar', { name: 'Progress of Call report' });
    await bar.waitFor();
    await waitFor('a part of the file to be read', async () => {
      await appendFile(file, ' ');
      const percent = Number(await bar.getAttribute('value'));
      return percent > 0 && percent < 100;
    });
    await page.getByText(/\d\sMB of \d+\sMB read/).waitFor();
    await putEnd(file);
    await page.getByText('The report is ready: 3 phones.').waitFor();
    expect(await phonesShown(page)).to.deep.equal(['1', '2', '3']);
    expect(await wasNotReloaded(page)).to.equal(true);
  });

  it('sorts by any column, and back', async () => {
    const page = await operator.open(service.url, '/report');
    await request(page, '1-20');
    await page.getByText('The report is ready: 20 phones.').waitFor();
    await page.getByRole('button', { name: 'Attempts' }).click();
    const attempts = await numbersIn(page, 'col-attempts');
    expect(attempts).to.deep.equal([...attempts].sort((a, b) => b - a));
    await page.getByRole('button', { name: 'Attempts' }).click();
    expect(await numbersIn(page, 'col-attempts')).to.deep.equal(attempts.reverse());
    await page.getByRole('button', { name: 'Phone' }).click();
    expect((await phonesShown(page)).slice(0, 3)).to.deep.equal(['1', '2', '3']);
  });

  it('is shown in pages where it is long, and says which phones the data does not hold', async () => {
    const page = await operator.open(service.url, '/report');
    await request(page, '1-120, 999999');
    await page.getByText('1 phone is not in the data: 999999').waitFor();
    const { length } = await phonesShown(page);
    expect(length).to.equal(50);
    await page.getByRole('button', { name: 'Further' }).click();
    await page.getByText('51–100 of').waitFor();
    expect((await phonesShown(page))[0]).to.equal('51');
  });

  it('can be opened by its address, and downloaded as CSV', async () => {
    const id = await new RestClient(service.url).accepted({ numbers: [1, 2], correlation_id: 'link' });
    const page = await operator.open(service.url, `/report/${id}`);
    await page.getByText('The report is ready: 2 phones.').waitFor();
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: 'Download CSV' }).click(),
    ]);
    expect(download.suggestedFilename()).to.equal(`report-${id}.csv`);
    const chunks = await (await download.createReadStream()).toArray();
    expect(Buffer.concat(chunks as Buffer[]).toString()).to.match(/^phone,cnt_all_attempts,.*\r\n1,/);
  });

  it('names what it cannot read, and sends nothing', async () => {
    const page = await operator.open(service.url, '/report');
    await request(page, '1, 9-7');
    await page.getByText('The range 9-7 ends before it starts.').waitFor();
    expect(await page.evaluate('document.activeElement.id')).to.equal('phones');
    expect(new URL(page.url()).hash).to.equal('#/report');
  });

  it('says which field the service refused, and the request to ask about', async () => {
    const page = await operator.open(service.url, '/report', { expectedErrors: /status of 422/ });
    await page.getByLabel('Started at or after').fill('2026-02-01T00:00:00');
    await page.getByLabel('Started before').fill('2026-01-01T00:00:00');
    await request(page, '1');
    const problem = page.getByRole('alert');
    await problem.getByText('Started before: must be later than from').waitFor();
    await problem.getByText(/^Request /).waitFor();
  });
});

function phonesShown(page: Page): Promise<string[]> {
  return page.locator('table.phones tbody th').allTextContents();
}

async function numbersIn(page: Page, column: string): Promise<number[]> {
  const texts = await page.locator(`table.phones tbody .${column}`).allTextContents();
  return texts.map((text) => Number(text.replaceAll(',', '')));
}
