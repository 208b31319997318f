import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import { prepareFiles } from '../../../src/app/prepare-files.js';
import { ConfigCase } from '../../support/config-case.js';
import { mountSmallDisk } from '../../support/small-disk.js';

describe('The files of a configuration', () => {
  let here: ConfigCase;
  beforeEach(() => (here = new ConfigCase()));
  afterEach(() => here.remove());

  async function faultsWith(env: Record<string, string>): Promise<string[]> {
    const fault: unknown = await prepareFiles(here.load(env)).then(
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

  it('leave nothing behind where a full disk has no room for a key', async function () {
    const disk = await mountSmallDisk(join(here.cwd, 'disk'), 1);
    if (!disk) return this.skip();
    try {
      here.file('disk/taken', 'x'.repeat(10_000));
      await disk.fill();
      const [said] = await faultsWith({ STATE_DIR: disk.folder });
      expect(said).to.equal('  STATE_DIR has no key in seal.key that can be read or made (ENOSPC)');
      expect(await readdir(disk.folder)).to.deep.equal(['taken']);
    } finally {
      await disk.unmount();
    }
  });
});
