import { expect } from 'chai';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot, packageVersion } from '../../../src/app/package-root.js';
import { runCli } from '../../support/run-cli.js';
import { tempFolder } from '../../support/temp-folder.js';

const WRONG: readonly (readonly [string, RegExp])[] = [
  ['', /Usage: switchyard/],
  ['bogus', /unknown command 'bogus'/],
  ['repor', /Did you mean report\?/],
  ['report', /required option '-p, --phones <list>' not specified/],
  ['report -p 1,-2', /Phones are expected as 1,2,3 or 1-10/],
  ['report -p 1-999999', /100000 at most/],
  ['report -p 1 --csv --json', /cannot be used with/],
  ['report -p 1 --from yesterday', /A time is expected/],
  ['report -p 1 --url ftp://x', /--url must be an address/],
  ['report -p 1 --timeout 0', /whole number from 1 to 86400/],
  ['load -c 0', /whole number from 1 to 10000/],
  ['load -n many', /whole number/],
  ['load stray', /too many arguments/],
  ['produce', /which RabbitMQ\?/],
  ['produce -m x.json -n 3 --amqp amqp://x', /cannot be used with/],
  ['produce -m x.json --amqp amqp://x', /x\.json cannot be read/],
  ['data generate --records -1', /whole number/],
  ['tasks list --status lost', /Allowed choices are pending, in_work/],
  ['tasks cancel', /either one task or what all of them have in common/],
  ['tasks retry x --type y', /either one task or what all of them have in common/],
  ['dead-letters replay', /either the id of one letter is expected, or filters for many, or --all/],
  ['dead-letters replay x --source y', /either the id of one letter is expected/],
  ['dead-letters replay --all --dry-run --yes', /cannot be used with/],
  ['rates history BTC-USDT --interval 2m', /Allowed choices are 1m, 5m, 1h, 1d/],
  ['rates add --exchanger binance', /--symbols and --currencies are expected/],
  ['rates add --symbols BTC', /required option '--exchanger <name>' not specified/],
  ['rates change x', /something to change is expected/],
  ['rates change x --enable --disable', /cannot be used with/],
  ['rates alerts add BTC-USDT over 5', /Allowed choices are above, below, change_pct/],
  ['rates alerts add BTC-USDT above 5 --telegram me', /whole number is expected by which Telegram/],
  ['simulate provisioning --latency 9-1', /a range of them: 500-2000/],
  ['simulate provisioning --fault 500=0.6 --fault hang=0.6', /1 together at most/],
  ['simulate provisioning --fault 501=0.1', /of 400, 404, 500, hang, reset/],
  ['simulate provisioning --cert x.pem', /--cert and --key belong together/],
  ['dead-letters discard x', /required option '--because <text>' not specified/],
];

describe('switchyard, used wrongly', () => {
  for (const [line, message] of WRONG) {
    it(`ends with 2 and says why: "${line}"`, async () => {
      const { code, stdout, stderr } = await runCli(line.split(' ').filter(Boolean), {
        cwd: await tempFolder(),
      });
      expect(stderr).to.match(message);
      expect([code, stdout]).to.deep.equal([2, '']);
    });
  }

  it('never repeats a password', async () => {
    for (const args of [
      ['report', '-p', '1', '-u', 'http://me:hidden-word@x'],
      ['produce', '--amqp', 'http://me:hidden-word@x'],
    ]) {
      const { code, stderr } = await runCli(args, { cwd: await tempFolder() });
      expect(code).to.equal(2);
      expect(stderr).not.to.contain('hidden-word');
    }
  });

  it('ends with 78 where the configuration is wrong', async () => {
    const { code, stderr } = await runCli(['produce'], {
      env: { PORT: 'x', AUTH: 'x' },
      cwd: await tempFolder(),
    });
    expect(code).to.equal(78);
    expect(stderr).to.match(/the configuration has 2 problems:\n  PORT must .*\n  AUTH must /);
  });
});

const COMMANDS = [
  ...['serve', 'report', 'load', 'produce', 'migrate', 'doctor'].map((name) => [name]),
  ['data', 'generate'],
  ...['create', 'list', 'revoke'].map((name) => ['tokens', name]),
  ...['list', 'show', 'cancel', 'retry', 'types', 'pause', 'resume'].map((name) => ['tasks', name]),
  ...['list', 'show', 'replay', 'discard', 'stop'].map((name) => ['dead-letters', name]),
  ...['pairs', 'show', 'convert', 'history', 'sources', 'add', 'change', 'remove'].map((name) => [
    'rates',
    name,
  ]),
  ...['list', 'add', 'remove'].map((name) => ['rates', 'alerts', name]),
];

describe('switchyard --help', function () {
  this.timeout(60_000);

  it('has examples and exit codes for every command', async () => {
    for (const command of COMMANDS) {
      const { code, stdout } = await runCli([...command, '--help']);
      expect(code).to.equal(0);
      expect(stdout).to.contain('Examples:\n').and.to.contain('Exit codes:\n');
    }
  });

  it('is a matter of docs/cli.md too: each option of each command stands there', async () => {
    const docs = readFileSync(join(packageRoot(), 'docs/cli.md'), 'utf8');
    for (const command of COMMANDS) {
      const { stdout } = await runCli([...command, '--help']);
      for (const [option] of stdout.matchAll(/(?<=^  (-\w, )?)--[a-z-]+/gm)) expect(docs).to.contain(option);
    }
  });

  it('--version prints that of the package', async () => {
    expect(await runCli(['--version'])).to.include({ code: 0, stdout: `${packageVersion()}\n` });
  });
});
