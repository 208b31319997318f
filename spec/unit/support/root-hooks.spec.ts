import { execFile } from 'node:child_process';
import { access, rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { expect } from 'chai';
import { tempFolder } from '../../support/temp-folder.js';

/** Runs one spec file under the root hooks, in a mocha of its own. */
async function runSpec(source: string): Promise<{ code: number; output: string }> {
  const folder = await tempFolder();
  const file = join(folder, 'fixture.spec.mjs');
  await writeFile(file, source);
  const hooks = resolve('.build/spec/support/root-hooks.js');
  const args = ['--no-config', '--require', hooks, '--exit', '--reporter', 'spec', file];
  return new Promise((done) => {
    execFile(process.execPath, ['node_modules/mocha/bin/mocha.js', ...args], (error, stdout, stderr) => {
      done({ code: error ? Number(error.code) : 0, output: stdout + stderr });
    });
  });
}

describe('root hooks', () => {
  const leaks = {
    Server: `it('x', (done) => void net.createServer().listen(0, '127.0.0.1', done));`,
    'thread started': `it('x', () => new Worker('setInterval(() => {}, 1e6)', { eval: true }).unref());`,
    'process started': `it('x', () => spawn('sleep', ['8'], { stdio: 'ignore' }).unref());`,
    '1 timers': `it('x', () => void setInterval(() => {}, 1e6));`,
  };

  it('fail a file that leaves a server, a thread, a process or a timer open, and name it', async () => {
    const runs = Object.values(leaks).map((body) =>
      runSpec(`import net from 'node:net';
        import { Worker } from 'node:worker_threads';
        import { spawn } from 'node:child_process';
        describe('fixture', () => { ${body} });`),
    );
    const names = Object.keys(leaks);
    for (const [i, { code, output }] of (await Promise.all(runs)).entries()) {
      expect(output).to.contain('left open').and.contain(names[i]);
      expect(code).to.equal(1);
    }
  });

  it('pass a file that closes what it opened, within a moment', async () => {
    const { code, output } = await runSpec(`import { createServer } from 'node:net';
      describe('fixture', () => it('x', (done) => {
        const server = createServer().listen(0, '127.0.0.1', done);
        setTimeout(() => server.close(), 300);
      }));`);
    expect(code, output).to.equal(0);
  });

  it('fail a spec that leaves a rejection unhandled', async () => {
    const { code, output } = await runSpec(`describe('fixture', () => it('x', async () => {
        Promise.reject(new Error('nobody listens'));
        await new Promise((resolve) => setTimeout(resolve, 50));
      }));`);
    expect(output).to.contain('nobody listens');
    expect(code).to.not.equal(0);
  });

  it('fail a spec that makes Node warn of too many listeners', async () => {
    const { code, output } = await runSpec(`describe('fixture', () => it('x', async () => {
        for (let i = 0; i < 12; i++) process.on('SIGUSR2', () => {});
        await new Promise((resolve) => setImmediate(resolve));
      }));`);
    expect(output).to.contain('MaxListenersExceededWarning');
    expect(code).to.not.equal(0);
  });

  it('keep the temporary folders of a file with a failed spec, and say where they are', async () => {
    const support = JSON.stringify(resolve('.build/spec/support/temp-folder.js'));
    const source = (assertion: string): string => `import { tempFolder } from ${support};
      import { strict as assert } from 'node:assert';
      describe('fixture', () => it('x', async () => {
        console.log('folder is ' + await tempFolder());
        ${assertion}
      }));`;
    const failed = await runSpec(source('assert.equal(1, 2)'));
    const kept = /kept for a look: (\S+)/.exec(failed.output)?.[1] ?? '';
    expect(failed.output).to.contain(`folder is ${kept}`);
    await access(kept);
    await rm(kept, { recursive: true });

    const passed = await runSpec(source(''));
    const removed = /folder is (\S+)/.exec(passed.output)?.[1] ?? '';
    expect(await access(removed).catch(() => 'gone')).to.equal('gone');
  });
});
