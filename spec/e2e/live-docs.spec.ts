import { execFile } from 'node:child_process';
import { copyFile, readFile, symlink, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { expect } from 'chai';
import { attemptsFile } from '../support/attempts-file.js';
import { startService } from '../support/service.js';
import { tempFolder } from '../support/temp-folder.js';

const run = promisify(execFile);
const EXAMPLE = /<!-- run -->\n+```js\n(?<program>.*?)\n```\n+```text\n(?<printed>.*?)\n```/s;

describe('the example of the live client', () => {
  it('does what is written, and prints what is written', async function () {
    this.timeout(60_000);
    const { program, printed } = EXAMPLE.exec(await readFile('docs/live.md', 'utf8'))!.groups!;
    const service = await startService({ env: { DATA_FILE: await attemptsFile(100) } });
    const folder = await tempFolder();
    await symlink(resolve('node_modules'), join(folder, 'node_modules'));
    await copyFile('public/live-client.js', join(folder, 'live-client.js'));
    await writeFile(join(folder, 'package.json'), '{"type":"module"}');
    await writeFile(join(folder, 'example.js'), program!.replace('http://127.0.0.1:8000', service.url));
    const { stdout } = await run(process.execPath, ['example.js'], { cwd: folder, timeout: 30_000 });
    expect(stdout.trim()).to.equal(printed);
    await service.stop();
  });
});
