import { execFile } from 'node:child_process';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile, symlink, writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { expect } from 'chai';
import { attemptsFile } from '../support/attempts-file.js';
import { runCli, startCli, type CliResult } from '../support/run-cli.js';
import { type Service, startService } from '../support/service.js';
import { tempFolder } from '../support/temp-folder.js';
import { waitFor } from '../support/wait-for.js';
import { WebhookReceiver } from '../support/webhook-receiver.js';

const run = promisify(execFile);
const EXAMPLE = /<!-- run -->\n+```js\n(?<program>.*?)\n```/s;
const SECRET = `whsec_${Buffer.alloc(32, 5).toString('base64')}`;

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

describe('webhooks from the command line', function () {
  this.timeout(90_000);
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

  const cli = (...args: string[]): Promise<CliResult> =>
    runCli(['webhooks', ...args], { env: { SWITCHYARD_URL: service.url } });

  async function add(url: string, ...more: string[]): Promise<{ id: string; secret: string }> {
    const { stdout, stderr, code } = await cli('add', url, '--events', 'task.failed', '--json', ...more);
    expect(code, stderr).to.equal(0);
    return JSON.parse(stdout) as { id: string; secret: string };
  }

  it('are made, tested, listed and sent again', async () => {
    receiver.behave('/cli', { status: 500, body: 'no' }, { status: 200 });
    const { id } = await add(receiver.url('/cli'), '--filter', 'data.task_name=a,b', '--rate', '50');
    const failed = await cli('test', id);
    expect(failed.code).to.equal(1);
    expect(failed.stdout).to.match(/^on its way: answered 500; next attempt at \d{4}-/);
    const [delivery] = JSON.parse((await cli('deliveries', id, '--json')).stdout) as { id: string }[];
    const again = await cli('resend', delivery!.id);
    expect([again.code, again.stdout]).to.deep.equal([0, 'delivered, answered 200\n']);
    expect((await cli('list')).stdout)
      .to.include(id)
      .and.not.include('whsec_');
    const range = await cli('resend', '--webhook', id, '--from', '2026-01-01T00:00:00Z', '--status', 'all');
    expect(range.stdout).to.equal('1 delivery is on its way\n');
    expect((await receiver.got('/cli', 3)).map(({ webhookId }) => webhookId)).to.deep.equal(
      Array(3).fill(delivery!.id),
    );
    expect((await cli('resend')).code).to.equal(2);
  });

  it('are received on this machine, and verified', async () => {
    const port = await freePort();
    const listening = startCli(['webhooks', 'listen', '--port', String(port), '--secret', SECRET, '-n', '2']);
    let said = '';
    listening.child.stderr!.on('data', (piece: Buffer) => (said += piece.toString()));
    await waitFor('it to listen', () => said.includes(`listening on http://127.0.0.1:${port}`));
    const { id } = await add(`http://127.0.0.1:${port}/`);
    const refused = await cli('test', id);
    expect(refused.stdout).to.match(/^on its way: answered 401/);
    const { id: own } = (await rest('POST', '', {
      url: `http://127.0.0.1:${port}/own`,
      event_types: ['task.failed'],
      secret: SECRET,
    })) as { id: string };
    expect((await cli('test', own)).stdout).to.equal('delivered, answered 204\n');
    const { code, stdout } = await listening.result;
    const [first, second] = stdout.trim().split('\n');
    expect(code).to.equal(0);
    expect(first).to.match(/^✗ \S+ webhook\.test webhook-tests\/\S+ \S+ No matching signature found$/);
    expect(second).to.match(/^✓ \S+ webhook\.test webhook-tests\/\S+ \S+$/);
    for (const one of [id, own]) await fetch(`${service.url}/api/v1/webhooks/${one}`, { method: 'DELETE' });
  });

  it('are verified as the guide says', async () => {
    const { program } = EXAMPLE.exec(await readFile('docs/webhooks.md', 'utf8'))!.groups!;
    const folder = await tempFolder();
    await symlink(resolve('node_modules'), join(folder, 'node_modules'));
    await writeFile(join(folder, 'package.json'), '{"type":"module"}');
    await writeFile(join(folder, 'receiver.js'), program!);
    const port = await freePort();
    const env = { PATH: process.env['PATH'], WEBHOOK_SECRET: SECRET, PORT: String(port) };
    const child = spawn(process.execPath, ['receiver.js'], { cwd: folder, env });
    let printed = '';
    child.stdout.on('data', (piece: Buffer) => (printed += piece.toString()));
    await waitFor('the receiver', () => printed.includes('listening'));
    const body = { url: `http://127.0.0.1:${port}/`, event_types: ['*'], secret: SECRET };
    const { id } = (await rest('POST', '', body)) as { id: string };
    await cli('test', id);
    await fetch(`http://127.0.0.1:${port}/`, { method: 'POST', body: '{}' });
    await waitFor('both', () => printed.includes('not from'));
    expect(printed).to.equal('listening\nwebhook.test: This is a test.\nnot from Switchyard\n');
    child.kill();
    await once(child, 'exit');
  });

  async function rest(method: string, path: string, body: object): Promise<unknown> {
    const headers = { 'content-type': 'application/json' };
    const url = `${service.url}/api/v1/webhooks${path}`;
    return (await fetch(url, { method, headers, body: JSON.stringify(body) })).json();
  }

  it('say what is expected where the command line is wrong', async () => {
    const { stdout } = await run(process.execPath, [resolve('.build/src/cli/main.js'), 'webhooks', '--help']);
    expect(stdout).to.match(/listen.*verify/s);
    expect(
      (await cli('add', 'https://example.org', '--events', 'task.*', '--filter', 'nonsense')).code,
    ).to.equal(2);
    const invalid = await cli('add', 'http://10.0.0.1/', '--events', 'task.*');
    expect(invalid.code).to.equal(1);
    expect(invalid.stderr).to.include('/url: must lead to a public address');
  });
});
