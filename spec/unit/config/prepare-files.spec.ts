import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import { prepareFiles } from '../../../src/app/prepare-files.js';
import { systemClock } from '../../../src/kernel/clock.js';
import { ConfigCase } from '../../support/config-case.js';
import { RecordingLog } from '../../support/recording-log.js';
import { mountSmallDisk } from '../../support/small-disk.js';
import { waitFor } from '../../support/wait-for.js';

describe('The files of a configuration', () => {
  let here: ConfigCase;
  let log: RecordingLog;
  let isStopping: boolean;
  beforeEach(() => {
    here = new ConfigCase();
    log = new RecordingLog();
    isStopping = false;
  });
  afterEach(() => here.remove());

  const prepared = (env: Record<string, string>): ReturnType<typeof prepareFiles> =>
    prepareFiles(here.load(env), { clock: systemClock, log, isStopping: () => isStopping });

  async function faultsWith(env: Record<string, string>): Promise<string[]> {
    const fault: unknown = await prepared(env).then(
      () => undefined,
      (error: unknown) => error,
    );
    return String((fault as Error | undefined)?.message)
      .split('\n')
      .slice(1);
  }

  it('are refused with what the system says of them', async () => {
    here.file('file', 'x');
    const tls = { TLS_CERT_FILE: 'missing.pem', TLS_KEY_FILE: 'missing.pem' };
    expect(await faultsWith({ STATE_DIR: 'file/state', ...tls })).to.deep.equal([
      '  STATE_DIR names a folder that cannot be made (ENOTDIR)',
      '  TLS_CERT_FILE names a file that cannot be read (ENOENT)',
      '  TLS_KEY_FILE names a file that cannot be read (ENOENT)',
    ]);
  });

  it('wait for room for a key where the disk is full, and leave nothing behind till then', async function () {
    const disk = await mountSmallDisk(join(here.cwd, 'disk'), 1);
    if (!disk) return this.skip();
    try {
      here.file('disk/taken', 'x'.repeat(10_000));
      await disk.fill();
      const env = { STATE_DIR: disk.folder };
      const waiting = prepared(env);
      await waitFor('the wait', () => log.entries.length > 0);
      const fields = { code: 'start.disk-full', error: 'there is no space left on the disk for STATE_DIR' };
      expect(log.entries).to.deep.equal([
        { level: 'warn', message: 'the start waits for what is away', fields },
      ]);
      expect(await readdir(disk.folder)).to.deep.equal(['taken']);
      const tls = { TLS_CERT_FILE: 'missing.pem', TLS_KEY_FILE: 'missing.pem' };
      expect(await faultsWith({ ...env, ...tls }), 'nothing is waited for in vain').to.have.lengthOf(2);
      await disk.free();
      expect((await waiting)?.sealKeys).to.have.lengthOf(1);
    } finally {
      isStopping = true;
      await disk.unmount();
    }
  });
});
