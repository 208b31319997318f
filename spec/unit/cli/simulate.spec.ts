import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join, resolve } from 'node:path';
import { writeFile } from 'node:fs/promises';
import { expect } from 'chai';
import { systemClock } from '../../../src/kernel/clock.js';
import { createProvisioningClient } from '../../../src/modules/equipment/configurator/provisioning.client.js';
import { selfSigned } from '../../support/certificates.js';
import { tempFolder } from '../../support/temp-folder.js';
import { waitFor } from '../../support/wait-for.js';

describe('switchyard simulate provisioning', () => {
  it('answers like the service over https, by its shares of faults, and tells what it saw', async () => {
    const { cert, key } = await selfSigned('cpe.local');
    const folder = await tempFolder();
    const [certFile, keyFile] = [join(folder, 'cert.pem'), join(folder, 'key.pem')];
    await Promise.all([writeFile(certFile, cert), writeFile(keyFile, key)]);
    const options = ['--port', '0', '--latency', '1-5', '--seed', '7', '--cert', certFile, '--key', keyFile];
    const faults = ['400', '404', '500', 'reset'].flatMap((kind) => ['--fault', `${kind}=0.1`]);
    const args = ['simulate', 'provisioning', ...options, ...faults];
    const child = spawn(process.execPath, [resolve('.build/src/cli/main.js'), ...args]);
    let out = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => (out += text));
    const gone = once(child, 'close');
    const url = await waitFor('the address', () => /PROVISIONING_URL=(\S+)/.exec(out)?.[1]);
    expect(url).to.match(/^https:/);
    const client = createProvisioningClient({
      url,
      ca: cert,
      marginMs: 0,
      concurrency: 10,
      clock: systemClock,
    });
    const outcomes = await Promise.all(
      Array.from({ length: 200 }, (_, i) =>
        client.configure({
          ...{ equipmentId: `cpe${String(i).padStart(6, '0')}`, timeoutInSeconds: 10 },
          body: '{"timeoutInSeconds":10,"parameters":{}}',
        }),
      ),
    );
    const reasons = new Set(
      outcomes.map((one) => (one.kind === 'answered' ? (one.reason ?? 'done') : one.kind)),
    );
    expect(reasons).to.include.all.keys('done', 'not-found', 'failed', 'rejected', 'outcome-unknown');
    await client.stop();
    child.kill('SIGTERM');
    await gone;
    const counts = JSON.parse(out.trim().split('\n').at(-1)!) as Record<string, unknown>;
    expect(counts).to.include({ requests: 200, twoAtOnce: 0, inFlight: 0 });
    expect(Object.keys(counts['outcomes'] as object)).to.have.members(['200', '400', '404', '500', 'reset']);
  });
});
