import { createPrivateKey, X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { Config } from '../../app/config.js';
import { fail, ok, warn } from './finding.js';
import type { Check, Finding } from './finding.js';

const DAY_MS = 86_400_000;
const SOON_DAYS = 14;

/** Certificate and key, read as the listener reads them. */
export const checkTls: Check = {
  name: 'certificate',
  async run({ config: { tls, http } }) {
    return tls ? [await judgeFiles(tls)] : [judgePlain(http.host)];
  },
};

function judgePlain(host: string): Finding {
  if (['127.0.0.1', '::1', 'localhost'].includes(host)) return ok('certificate', 'plain HTTP on loopback');
  const todo = 'set TLS_CERT_FILE and TLS_KEY_FILE, or put a proxy with TLS in front';
  return warn('certificate', `plain HTTP on ${host}: tokens are sent in the clear`, todo);
}

async function judgeFiles({ certFile, keyFile }: NonNullable<Config['tls']>): Promise<Finding> {
  const certificate = new X509Certificate(await readFile(certFile));
  if (!certificate.checkPrivateKey(createPrivateKey(await readFile(keyFile)))) {
    return fail(
      'certificate',
      `${keyFile} is not the key of ${certFile}`,
      'set the two that belong together',
    );
  }
  const days = Math.floor((Date.parse(certificate.validTo) - Date.now()) / DAY_MS);
  const found = `${certFile}, valid for ${days} more days`;
  if (days < 0) return fail('certificate', `${certFile} has expired`, 'get a new one');
  return days < SOON_DAYS ? warn('certificate', found, 'get a new one') : ok('certificate', found);
}
