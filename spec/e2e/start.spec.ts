import { readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import { attemptsFile } from '../support/attempts-file.js';
import { RestClient } from '../support/rest-client.js';
import { type Service, startService } from '../support/service.js';
import { tempFolder } from '../support/temp-folder.js';

/** What a start that must fail says. */
async function failure(env: Record<string, string>, cwd?: string): Promise<string> {
  try {
    const service = await startService({ env, ...(cwd === undefined ? {} : { cwd }) });
    await service.stop();
  } catch (error) {
    return (error as Error).message;
  }
  throw new Error('it started');
}

describe('the start', function () {
  this.timeout(60_000);
  let service: Service | undefined;

  afterEach(async () => {
    await service?.stop();
    service = undefined;
  });

  it('writes a sample where no data file is, says so, and prints where everything is', async () => {
    service = await startService();
    expect(service.output()).to.contain('wrote a sample of 200000 attempts over phones 0 to 199');
    for (const page of ['/docs', '/']) {
      expect(service.output()).to.contain(`${service.url}${page}\n`);
      expect((await fetch(`${service.url}${page}`)).status, page).to.equal(200);
    }
    const sample = JSON.parse(await readFile(join(service.cwd, 'data/data.json'), 'utf8')) as unknown[];
    expect(sample).to.have.lengthOf(200_000);
    const rest = new RestClient(service.url);
    expect((await rest.get('/livez')).body).to.deep.equal({ status: 'ok' });
    const { status, parts } = (await rest.get('/readyz')).body as Record<string, object>;
    expect(status).to.equal('ok');
    const own = ['database', 'workers', 'data', 'cache', 'broker', 'outbox'];
    expect(parts).to.have.keys([...own, 'provisioning', 'schedule', 'sensors', 'webhooks']);
    expect((await rest.report({ numbers: [0, 199], correlation_id: 1 })).status).to.equal(200);
  });

  it('leaves a data file that is there alone', async () => {
    const file = await attemptsFile(100);
    const before = await stat(file);
    service = await startService({ env: { DATA_FILE: file } });
    expect((await stat(file)).mtimeMs).to.equal(before.mtimeMs);
  });

  it('with a DATA_FILE that is missing ends with 78, names the key, shows no value and writes nothing', async () => {
    const file = join(await tempFolder(), 'not-here.json');
    const message = await failure({ DATA_FILE: file });
    expect(message).to.contain('exit code 78').and.contain('DATA_FILE names a file that is missing');
    expect(message).to.not.contain('not-here');
    expect(await stat(file).catch(() => 'missing')).to.equal('missing');
  });

  it('names all problems of its configuration at once, with the secret values of none', async () => {
    const message = await failure({
      PORT: '70000',
      AMQP_URL: 'http://user:hunter2@broker',
      CACHE_TTL_S: 'soon',
      TLS_CERT_FILE: '/cert.pem',
    });
    expect(message).to.contain('exit code 78').and.contain('the configuration has 4 problems');
    for (const key of ['PORT', 'AMQP_URL', 'CACHE_TTL_S', 'TLS_KEY_FILE'])
      expect(message).to.contain(`  ${key} `);
    for (const value of ['70000', 'hunter2', 'soon']) expect(message).to.not.contain(value);
  });

  it('is refused where another process uses the state folder, which goes on', async () => {
    const env = { DATA_FILE: await attemptsFile(100) };
    service = await startService({ env });
    expect(await failure(env, service.cwd))
      .to.contain('exit code 1')
      .and.match(/in use|another process/i);
    const rest = new RestClient(service.url);
    expect((await rest.report({ numbers: [1], correlation_id: 1 })).status).to.equal(200);
  });

  it('names the key, and shows no stack, where it cannot listen', async () => {
    const env = { DATA_FILE: await attemptsFile(100) };
    service = await startService({ env });
    const { port } = new URL(service.url);
    const faults: [Record<string, string>, string][] = [
      [{ PORT: port }, `PORT ${port} of HOST 127.0.0.1 is taken by another process (EADDRINUSE)`],
      [{ HOST: '192.0.2.1' }, 'HOST 192.0.2.1 is no address of this machine (EADDRNOTAVAIL)'],
      [{ HOST: 'nowhere.invalid' }, 'HOST nowhere.invalid is a name without an address ('],
    ];
    for (const [wrong, said] of faults) {
      const message = await failure({ ...env, AUTH: 'on', ...wrong });
      expect(message).to.contain('exit code 78').and.contain(`the configuration has 1 problem:\n  ${said}`);
      expect(message).to.not.contain('    at ');
    }
  });

  it('reads .env in its folder, and warns of a key that it does not know', async () => {
    const cwd = await tempFolder();
    const file = await attemptsFile(100);
    await writeFile(join(cwd, '.env'), `DATA_FILE=${file}\nREPORTS_MAX_PHONES=2\nREPORTS_MAX_PHONE=3\n`);
    service = await startService({ cwd });
    expect(service.output()).to.contain('did you mean REPORTS_MAX_PHONES?');
    const answer = await new RestClient(service.url).report({ numbers: [1, 2, 3], correlation_id: 1 });
    expect(answer.text).to.contain('must hold at most 2 phones, got 3');
  });
});
