import { expect } from 'chai';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { rabbitmq } from '../../support/rabbitmq.js';
import { runCli, startCli } from '../../support/run-cli.js';
import type { CliResult } from '../../support/run-cli.js';
import { ScriptedReporter } from '../../support/scripted-reporter.js';
import { tempFolder } from '../../support/temp-folder.js';
import { startTcpProxy } from '../../support/tcp-proxy.js';
import { waitFor } from '../../support/wait-for.js';

describe('switchyard produce', function () {
  this.timeout(60_000);
  let url: string;
  let cwd: string;
  let service: ScriptedReporter;

  before(async () => {
    url = await (await rabbitmq()).vhostUrl();
    cwd = await tempFolder();
  });
  beforeEach(async () => (service = await ScriptedReporter.start(url)));
  afterEach(async () => {
    await service.drain('ready_report');
    await service.stop();
  });

  const produce = (...args: string[]): Promise<CliResult> =>
    runCli(['produce', ...args], { cwd, env: { AMQP_URL: url } });

  it('sends persistent messages with ids, and prints the figures of their answers', async () => {
    const { code, stdout, stderr } = await produce('-n', '300', '-p', '1-3');
    expect([code, stderr]).to.deep.equal([0, '']);
    expect(stdout).to.match(/^Result: 300 of 300 completed\nMax task work duration: 0\.500 s\n/);
    expect(new Set(service.seen.map(({ properties }) => properties.messageId as string)).size).to.equal(300);
    const [first] = service.seen;
    expect(first?.properties).to.include({ deliveryMode: 2, contentType: 'application/json' });
    expect(JSON.parse(first?.content.toString() ?? '')).to.have.keys('correlation_id', 'phones');
    expect(await service.drain('ready_report')).to.have.length(300);
  });

  it('sends the bodies of a file as they stand', async () => {
    const bodies = ['{"correlation_id": 9223372036854775807, "phones":[1]}', '{"phones" : [2]}'];
    writeFileSync(join(cwd, 'jobs.json'), `[${bodies.join(',\n')}]`);
    expect((await produce('--messages', 'jobs.json', '--json')).code).to.equal(0);
    const sent = service.seen.map(({ content }) => content.toString());
    expect(sent[0]).to.equal(bodies[0]);
    expect(sent[1]).to.match(/^\{"correlation_id":"[0-9a-f-]{36}","phones" : \[2\]\}$/);
  });

  it('takes its answers from ready_report with --drain-out, and puts others back in their order', async () => {
    const others = ['{"correlation_id":1,"status":"Complete"}', 'no JSON', '{"correlation_id":"x"}'];
    for (const body of others) service.channel.sendToQueue('ready_report', Buffer.from(body));
    service.script = () => 'twice';
    const { code, stdout } = await produce('-n', '50', '--drain-out');
    expect(stdout).to.match(/^Result: 50 of 50 completed\n/);
    expect(code).to.equal(0);
    expect(service.seen[0]?.properties.replyTo).to.equal(undefined);
    const left = await service.drain('ready_report');
    expect(left.slice(0, 3)).to.deep.equal(others);
  });

  it('ends with 1 where answers are errors, and says of which kind', async () => {
    service.script = ({ phones }) => (JSON.stringify(phones) === '[5]' ? 'error' : 'complete');
    const { code, stderr } = await produce('-n', '4', '-p', '5');
    expect([code, stderr]).to.deep.equal([
      1,
      'switchyard: 4 of 4 failed\n  4 × the report failed; no such phone\n',
    ]);
  });

  it('says how many answers did not come in time', async () => {
    service.script = () => 'silent';
    const { code, stderr } = await produce('-n', '2', '--timeout', '1');
    expect([code, stderr]).to.deep.equal([1, 'switchyard: 2 of 2 failed\n  2 × no answer in 1 s\n']);
  });

  it('ends with 69 when the connection breaks while it waits', async () => {
    service.script = () => 'silent';
    const { hostname: host, port } = new URL(url);
    const proxy = await startTcpProxy({ host, port: Number(port) });
    const { result } = startCli(['produce', '-n', '5', '--amqp', url.replace(`:${port}`, `:${proxy.port}`)], {
      cwd,
    });
    await waitFor('the messages', () => service.seen.length === 5);
    proxy.close();
    const { code, stdout, stderr } = await result;
    await proxy.stop();
    expect([code, stdout]).to.deep.equal([69, '']);
    expect(stderr).to.match(/^switchyard: .*connection to RabbitMQ was lost.*\n$/);
  });

  it('ends with 69 where a queue or the broker is not there, with 77 where it lets nobody in', async () => {
    const missing = await produce('--in', 'nowhere', '-n', '5');
    expect(missing).to.include({ code: 69, stdout: '' });
    expect(missing.stderr).to.match(/^switchyard: there is no queue nowhere; /);
    expect(await produce('--drain-out', '--out', 'nowhere')).to.deep.equal({
      code: 69,
      stdout: '',
      stderr: 'switchyard: there is no queue nowhere\n',
    });
    expect(await produce('--amqp', 'amqp://u:hidden-word@127.0.0.1:1')).to.deep.equal({
      code: 69,
      stdout: '',
      stderr: 'switchyard: cannot reach RabbitMQ at 127.0.0.1:1: connection refused\n',
    });
    const wrong = await produce('--amqp', url.replace('guest:guest', 'guest:hidden-word'));
    expect(wrong.code).to.equal(77);
    expect(wrong.stderr)
      .to.match(/does not let this user in\n$/)
      .and.not.to.contain('hidden-word');
  });
});
