import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { ensureProgram } from './debian-package.js';
import { tempFolder } from './temp-folder.js';

const run = promisify(execFile);

/** PEM. */
export interface Certificate {
  cert: string;
  key: string;
}

/** A self-signed certificate, as most provisioning services have one. @param name what stands in it: `localhost` */
export async function selfSigned(name: string): Promise<Certificate> {
  const openssl = await ensureProgram(['openssl'], () => Promise.resolve(['/usr/bin/openssl']));
  const folder = await tempFolder();
  const [keyFile, certFile] = [join(folder, 'key.pem'), join(folder, 'cert.pem')];
  const kind = ['-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2'];
  const names = ['-subj', `/CN=${name}`, '-addext', `subjectAltName=DNS:${name}`];
  await run(openssl, ['req', ...kind, ...names, '-keyout', keyFile, '-out', certFile]);
  return { cert: await readFile(certFile, 'utf8'), key: await readFile(keyFile, 'utf8') };
}
