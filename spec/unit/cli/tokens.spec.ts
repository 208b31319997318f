import { expect } from 'chai';
import { runCli } from '../../support/run-cli.js';
import type { CliResult } from '../../support/run-cli.js';
import { tempFolder } from '../../support/temp-folder.js';

describe('switchyard migrate and tokens', () => {
  let cwd: string;
  beforeEach(async () => (cwd = await tempFolder()));

  const cli = (...args: string[]): Promise<CliResult> => runCli(args, { cwd });

  it('migrate applies what is missing, once', async () => {
    const first = await cli('migrate', '--json');
    expect(first.stderr).to.equal('');
    expect((JSON.parse(first.stdout) as { applied: string[] }).applied).to.include.members([
      'access-0001-tokens',
    ]);
    expect(await cli('migrate')).to.deep.equal({ code: 0, stdout: 'up to date\n', stderr: '' });
  });

  it('create prints the token once, list shows all but its secret, revoke takes a name', async () => {
    const created = await cli('tokens', 'create', 'ci', '--role', 'operator');
    expect([created.code, created.stderr]).to.deep.equal([0, '']);
    expect(created.stdout).to.match(/^swy_[\w-]+\n$/);
    const secret = created.stdout.trim().split('_').slice(2).join('_');
    const listed = await cli('tokens', 'list');
    expect(listed.stdout)
      .to.match(/ci .* operator .*command line/)
      .and.not.to.contain(secret);
    expect((await cli('tokens', 'revoke', 'ci')).stdout).to.equal('revoked ci (operator)\n');
    const [token] = JSON.parse((await cli('tokens', 'list', '--json')).stdout) as { revoked_at: string }[];
    expect(token).to.include({ name: 'ci', role: 'operator', client_id: null });
    expect(token?.revoked_at).to.match(/^\d{4}-.*Z$/);
  });

  it('says what is wrong with a token that is asked for', async () => {
    await cli('tokens', 'create', 'ci', '--role', 'viewer');
    const again = await cli('tokens', 'create', 'ci', '--role', 'viewer');
    expect([again.code, again.stderr]).to.deep.equal([1, 'switchyard: There is a token named ci already\n']);
    const client = await cli('tokens', 'create', 'shop', '--role', 'client');
    expect([client.code, client.stderr]).to.deep.equal([
      2,
      'switchyard: 1 field is invalid\n  /client_id: is required for the role client\n',
    ]);
    expect((await cli('tokens', 'create', 'x', '--role', 'king')).code).to.equal(2);
    const nobody = await cli('tokens', 'revoke', 'nobody');
    expect([nobody.code, nobody.stderr]).to.deep.equal([1, 'switchyard: Token not found\n']);
  });

  it('ends with 69 where the database server is away', async () => {
    const env = { DATABASE_URL: 'postgres://me:hidden-word@127.0.0.1:1/x' };
    const { code, stderr } = await runCli(['tokens', 'list'], { cwd, env });
    expect(code).to.equal(69);
    expect(stderr).to.equal('switchyard: the database is away for 10 s\n');
  });
});
