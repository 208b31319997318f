import { expect } from 'chai';
import { existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runCli, startCli } from '../../support/run-cli.js';
import { tempFolder } from '../../support/temp-folder.js';
import { waitFor } from '../../support/wait-for.js';

describe('switchyard data generate', () => {
  it('writes the same bytes for the same seed, others for another', async () => {
    const cwd = await tempFolder();
    const write = (out: string, seed: string) =>
      runCli(['data', 'generate', '--records', '1000', '--phones', '20', '--seed', seed, '--out', out], {
        cwd,
      });
    expect((await write('sub/a.json', '7')).stdout).to.match(
      /^1000 call attempts of 20 phones in sub\/a\.json \(\d+ bytes\)\n$/,
    );
    await write('b.json', '7');
    await write('c.json', '8');
    const [a, b, c] = ['sub/a.json', 'b.json', 'c.json'].map((file) => readFileSync(join(cwd, file), 'utf8'));
    expect(a).to.equal(b).and.not.to.equal(c);
    expect(JSON.parse(a ?? '')).to.have.length(1000);
  });

  it('replaces data/data.json with --force alone', async () => {
    const cwd = await tempFolder();
    const write = (...args: string[]) =>
      runCli(['data', 'generate', '--records', '5', '--json', ...args], { cwd });
    expect(JSON.parse((await write()).stdout)).to.include({
      file: 'data/data.json',
      records: 5,
      phones: 200,
      seed: 1,
    });
    const before = readFileSync(join(cwd, 'data/data.json'));
    const { code, stderr } = await write('--seed', '2');
    expect([code, stderr]).to.deep.equal([
      1,
      'switchyard: data/data.json is there already; --force replaces it\n',
    ]);
    expect(readFileSync(join(cwd, 'data/data.json'))).to.deep.equal(before);
    expect((await write('--seed', '2', '--force')).code).to.equal(0);
    expect(readFileSync(join(cwd, 'data/data.json'))).not.to.deep.equal(before);
  });

  it('says in one line where the file cannot be written', async () => {
    const cwd = await tempFolder();
    writeFileSync(join(cwd, 'file'), '');
    const { code, stderr } = await runCli(['data', 'generate', '--out', 'file/x.json'], { cwd });
    expect(code).to.equal(1);
    expect(stderr).to.match(/^switchyard: file\/x\.json cannot be written: .*\n$/);
    expect(readdirSync(cwd)).to.deep.equal(['file']);
  });

  it('leaves nothing behind at Ctrl-C', async () => {
    const cwd = await tempFolder();
    const { child, result } = startCli(['data', 'generate', '--records', '900000000'], { cwd });
    await waitFor(
      'the file to grow',
      () => existsSync(join(cwd, 'data')) && readdirSync(join(cwd, 'data'))[0],
    );
    child.kill('SIGINT');
    expect(await result).to.deep.equal({ code: 130, stdout: '', stderr: 'switchyard: interrupted\n' });
    expect(readdirSync(join(cwd, 'data'))).to.deep.equal([]);
  });
});
