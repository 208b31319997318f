import { expect } from 'chai';
import { seriousFindings } from '../../support/axe.js';
import { OperatorPage, arrived, goTo } from '../../support/operator-page.js';
import { RestClient } from '../../support/rest-client.js';
import { type Service, startService } from '../../support/service.js';
import { waitFor } from '../../support/wait-for.js';

const PASSWORD = 'never-to-be-seen-9';
const PARAMETERS = { username: 'admin', password: PASSWORD, vlan: 534, interfaces: [1, 2] };
/** A browser says of itself that an answer was no success. */
const REFUSED = { expectedErrors: /status of (404|422)/ };
const LOOKS = [
  { colorScheme: 'light', viewport: { width: 1280, height: 800 } },
  { colorScheme: 'dark', viewport: { width: 360, height: 740 } },
] as const;

describe('the page: devices and batches', function () {
  this.timeout(180_000);
  const operator = new OperatorPage();
  let service: Service;
  let rest: RestClient;

  before(async () => {
    service = await startService({ env: { PROVISIONING_STAND_IN_MS: '20' } });
    rest = new RestClient(service.url);
  });
  after(() => service.stop());
  afterEach(() => operator.close());

  async function batch(devices: string[], more: object = {}): Promise<string> {
    const body = { devices, parameters: PARAMETERS, canary: 0, ...more };
    const answer = await rest.post('/api/v1/equipment/batches', { body });
    expect(answer.status, answer.text).to.equal(202);
    return (answer.body as { batch_id: string }).batch_id;
  }

  it('configures one device by a form, and keeps its password nowhere', async () => {
    const page = await operator.open(service.url, '/devices');
    await page.getByText('No device has been configured yet.').waitFor();
    const sent: string[] = [];
    page.on('request', (request) => sent.push(request.url()));
    await page.getByLabel('Device id').fill('page00001');
    await page.getByLabel('User name').fill('admin');
    const password = page.getByLabel('Password');
    expect(await password.getAttribute('type')).to.equal('password');
    await password.fill(PASSWORD);
    await page.getByLabel('VLAN').fill('12');
    await page.getByLabel('Interfaces').fill('1, 2 3');
    await page.getByRole('button', { name: 'Configure', exact: true }).press('Enter');
    await page.getByText('The configuration of page00001 was accepted.').waitFor();
    await page.getByRole('heading', { name: 'Configuration of a device' }).waitFor();
    await page.locator('main').getByText('completed', { exact: true }).first().waitFor();
    expect(await page.content()).to.not.include(PASSWORD);
    const kept = await page.evaluate<string>(
      'JSON.stringify([localStorage, sessionStorage, location.href, history.state])',
    );
    expect(kept).to.not.include(PASSWORD);
    expect(sent.filter((url) => url.includes(PASSWORD))).to.deep.equal([]);
    await goTo(page, '/devices');
    await page.getByRole('link', { name: 'page00001' }).click();
    await page.getByRole('heading', { name: 'Device page00001' }).waitFor();
    expect(await page.locator('table tbody tr').count()).to.equal(1);
    await page.getByRole('button', { name: 'Write a note' }).click();
    await page.getByRole('dialog').getByLabel('Note').fill('in the cellar');
    await page.getByRole('button', { name: 'Keep the note' }).click();
    await page.getByText('in the cellar').waitFor();
  });

  it('says which field of a device the service refused', async () => {
    const page = await operator.open(service.url, '/devices/page00002', REFUSED);
    await page.getByText('No task of this device has ended yet.').waitFor();
    await page.getByLabel('User name').fill('admin');
    await page.getByLabel('Password').fill(PASSWORD);
    await page.getByLabel('Interfaces').fill('0');
    await page.getByRole('button', { name: 'Configure', exact: true }).click();
    await page.getByRole('alert').getByText('Interfaces: must be a whole number ≥ 1').waitFor();
  });

  it('takes a CSV, says which lines are wrong, and shows the batch move to its end', async () => {
    const page = await operator.open(service.url, '/batches', REFUSED);
    const upload = (text: string) =>
      page
        .getByLabel('CSV of devices')
        .setInputFiles({ name: 'night.csv', mimeType: 'text/csv', buffer: Buffer.from(text) });
    const header = `id,username,password,vlan,interfaces\n*,admin,${PASSWORD},534,1 2\n`;
    await upload(`${header}csv00001,,,9999,\n`);
    await page.getByLabel('Name').fill('night shift');
    await page.getByRole('button', { name: 'Start the batch' }).click();
    await page
      .getByRole('alert')
      .getByText('Line 3 vlan: must be a whole number from 1 to 4094, got 9999')
      .waitFor();
    await upload(
      header + Array.from({ length: 60 }, (_, n) => `csv${String(n).padStart(5, '0')},,,,\n`).join(''),
    );
    await page.getByRole('button', { name: 'Start the batch' }).click();
    await page.getByRole('heading', { name: 'night shift' }).waitFor();
    await page.locator('.page-head').getByText('completed', { exact: true }).waitFor();
    await page.getByText('60 of 60').waitFor();
    const download = page.waitForEvent('download');
    await page.getByRole('button', { name: 'Download CSV' }).click();
    expect((await download).suggestedFilename()).to.match(/^night shift-.*\.csv$/);
  });

  it('pauses a batch, goes on and cancels it, each after it has asked', async () => {
    const id = await batch(
      Array.from({ length: 2_000 }, (_, n) => `act${String(n).padStart(6, '0')}`),
      { in_flight: 5 },
    );
    const page = await operator.open(service.url, `/batches/${id}`);
    const head = page.locator('.page-head');
    await page.getByRole('button', { name: 'Pause', exact: true }).click();
    await page.getByRole('dialog').getByLabel('Why').fill('lunch');
    await page.getByRole('dialog').getByRole('button', { name: 'Pause' }).click();
    await head.getByText('paused', { exact: true }).waitFor();
    await page.getByText('loopback · lunch').waitFor();
    await page.getByRole('button', { name: 'Go on' }).press('Enter');
    await page.getByRole('dialog').getByRole('button', { name: 'Go on' }).press('Enter');
    await head.getByText('running', { exact: true }).waitFor();
    await page.getByRole('button', { name: 'Cancel the batch' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Cancel the batch' }).click();
    await head.getByText('cancelled', { exact: true }).waitFor();
    await page.getByLabel('State').selectOption({ label: 'cancelled' });
    await waitFor('only cancelled devices', async () =>
      (await page.locator('table .state').allTextContents()).every((text) => text === 'cancelled'),
    );
  });

  for (const look of LOOKS) {
    it(`is for everybody: axe and no scrolling sideways, ${look.colorScheme}, ${look.viewport.width} px wide`, async () => {
      const id = await batch(['look00001', 'look00002']);
      await waitFor('the batch to end', async () => {
        const { body } = await rest.get(`/api/v1/equipment/batches/${id}`);
        return (body as { state: string }).state === 'completed';
      });
      for (const locale of ['en-GB', 'ru-RU']) {
        const page = await operator.open(service.url, '/', {
          ...{ ...look, ...REFUSED, locale },
          reducedMotion: 'reduce',
        });
        for (const address of [
          '/devices',
          '/devices/look00001',
          '/devices/nobody001',
          '/batches',
          `/batches/${id}`,
        ]) {
          await goTo(page, address);
          await arrived(page, address);
          expect(await seriousFindings(page), `${address} ${locale}`).to.deep.equal([]);
          const over = await page.evaluate('document.documentElement.scrollWidth - innerWidth');
          expect(over, `${address} ${locale}`).to.be.at.most(0);
        }
      }
    });
  }
});
