import { expect } from 'chai';
import { OperatorPage, wasNotReloaded } from '../../support/operator-page.js';
import { RestClient } from '../../support/rest-client.js';
import { type Service, startService } from '../../support/service.js';

/** A browser says itself that a server is away, in the console. */
const AWAY =
  /ERR_CONNECTION_REFUSED|ERR_CONNECTION_RESET|ERR_EMPTY_RESPONSE|Failed to fetch|WebSocket|status of 503/;

describe('the page: a service that goes and comes back', function () {
  this.timeout(120_000);
  const operator = new OperatorPage();
  let service: Service;

  before(async () => {
    service = await startService();
  });
  after(async () => {
    await service.stop();
  });
  afterEach(() => operator.close());

  it('says that nobody answers, recovers by itself, and shows what happened meanwhile', async () => {
    const page = await operator.open(service.url, '/tasks', { expectedErrors: AWAY });
    await page.getByText('No task yet.').waitFor();
    const before = new RestClient(service.url);
    const first = await before.accepted({ numbers: [1], correlation_id: 'before' });
    await page.locator(`a[href$="${first}"]`).waitFor();

    await service.kill();
    await page.getByText('No answer, trying again').waitFor();
    const port = new URL(service.url).port;
    service = await startService({ cwd: service.cwd, env: { PORT: port } });
    const meanwhile = await new RestClient(service.url).accepted({
      numbers: [2],
      correlation_id: 'meanwhile',
    });

    await page.getByText('Live', { exact: true }).waitFor();
    const row = page.locator('tr', { has: page.locator(`a[href$="${meanwhile}"]`) });
    await row.getByText('completed').waitFor();
    await page.locator(`a[href$="${first}"]`).waitFor();
    expect(await wasNotReloaded(page)).to.equal(true);
  });

  it('keeps the plots of the last hour over a restart', async () => {
    const rest = new RestClient(service.url);
    await rest.report({ numbers: [1, 2], correlation_id: 'counted' });
    await service.stop();
    service = await startService({ cwd: service.cwd });
    const { body } = await new RestClient(service.url).get('/api/v1/system/overview');
    const { minutes } = body as { minutes: { completed: number }[] };
    expect(minutes.reduce((sum, minute) => sum + minute.completed, 0)).to.be.at.least(1);
  });
});
