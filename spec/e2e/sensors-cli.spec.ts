import { expect } from 'chai';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { RestClient } from '../support/rest-client.js';
import { runCli } from '../support/run-cli.js';
import { type Service, startService } from '../support/service.js';
import { tempFolder } from '../support/temp-folder.js';

describe('sensors on the command line', function () {
  this.timeout(60_000);
  let service: Service;
  let rest: RestClient;

  before(async () => {
    service = await startService();
    rest = new RestClient(service.url);
  });
  after(() => service?.stop());

  it('are imported from CSV, each bad line named by its place in the file', async () => {
    const { id } = (await rest.post('/api/v1/clients', { body: { name: 'Imported' } })).body as {
      id: string;
    };
    const file = join(await tempFolder(), 'sensors.csv');
    const lines = Array.from({ length: 2_500 }, (_, n) => `meter ${n},"Meter, no ${n}",meter`);
    await writeFile(file, ['external_id,name,kind', ...lines, 'good,Good,meter', ',nobody,'].join('\n'));
    const first = await runCli(['sensors', 'import', file, '--client-id', id, '--url', service.url]);
    expect(first.stdout).to.include('line 2503: /external_id');
    expect(first.stdout).to.include('2502 lines: 2501 created');
    expect(first.code).to.equal(1);
  });

  it('say what a storm says, over REST too', async () => {
    const args = ['--sensors', '20', '--rate', '400', '--seconds', '1', '--bad', '50', '--rest', '--json'];
    const { stdout, code } = await runCli(['sensors', 'simulate', ...args, '--url', service.url]);
    expect(code).to.equal(0);
    const { sent, accounting } = JSON.parse(stdout) as {
      sent: number;
      accounting: { came_in: number; refused: number; balanced: boolean };
    };
    expect(sent).to.equal(400);
    expect(accounting).to.include({ came_in: 400, balanced: true });
    expect(accounting.refused).to.be.greaterThan(0);
  });
});
