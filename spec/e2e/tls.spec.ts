import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { get } from 'node:https';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect } from 'chai';
import { attemptsFile } from '../support/attempts-file.js';
import { ensureProgram } from '../support/debian-package.js';
import { LiveSocket } from '../support/live-socket.js';
import { type Service, startService } from '../support/service.js';
import { tempFolder } from '../support/temp-folder.js';

const run = promisify(execFile);

/** A certificate that vouches for itself. */
async function certificate(): Promise<{ certFile: string; keyFile: string }> {
  const openssl = await ensureProgram(['openssl'], () => Promise.resolve(['/usr/bin/openssl']));
  const folder = await tempFolder();
  const [certFile, keyFile] = [join(folder, 'cert.pem'), join(folder, 'key.pem')];
  const names = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=IP:127.0.0.1,DNS:localhost'];
  const kind = ['-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2'];
  await run(openssl, ['req', ...kind, ...names, '-keyout', keyFile, '-out', certFile]);
  return { certFile, keyFile };
}

function securely(url: string, ca: Buffer): Promise<{ status: number | undefined; policy: unknown }> {
  return new Promise((resolve, reject) => {
    const request = get(url, { ca, agent: false }, (response) => {
      response.resume().on('end', () => {
        resolve({ status: response.statusCode, policy: response.headers['strict-transport-security'] });
      });
    });
    request.on('error', reject);
  });
}

describe('a service with a certificate', function () {
  this.timeout(60_000);
  let service: Service | undefined;

  after(async () => {
    await service?.stop();
  });

  it('speaks https alone, with wss, and prints so', async () => {
    const { certFile, keyFile } = await certificate();
    const env = { DATA_FILE: await attemptsFile(100), TLS_CERT_FILE: certFile, TLS_KEY_FILE: keyFile };
    service = await startService({ env });
    expect(service.url).to.match(/^https:\/\/127\.0\.0\.1:\d+$/);
    const { status, policy } = await securely(`${service.url}/api/v1/tasks`, await readFile(certFile));
    expect(status).to.equal(200);
    expect(policy).to.equal('max-age=31536000');
    const live = await LiveSocket.open(service.url, {}, { ca: await readFile(certFile) });
    expect((await live.subscribe('tasks')).op).to.equal('subscribed');
    await live.close();
    const plain = await fetch(service.url.replace('https', 'http')).catch(() => undefined);
    expect(plain?.status).to.not.equal(200);
  });
});
