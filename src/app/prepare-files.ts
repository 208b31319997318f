import { X509Certificate } from 'node:crypto';
import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { keptSealKeys } from '../platform/seal/seal-keys.js';
import type { SealKey } from '../platform/seal/seal-keys.js';
import { ConfigError } from './config.js';
import type { Config } from './config.js';
import type { ConfigKey } from './config-keys.js';
import { lacksSpace, noSpaceFor } from './disk-space.js';
import { patiently } from './patient-step.js';
import type { Patience } from './patient-step.js';

const NOTHING = Promise.resolve(undefined);

export interface PreparedFiles {
  tls: { cert: Buffer; key: Buffer } | null;
  /** Where none are configured, one that is kept in the state folder. */
  sealKeys: readonly SealKey[];
  /** PEM. */
  provisioningCa: string | null;
}

/**
 * Makes the state folder and the key in it, and reads certificates. Throws `ConfigError` with all that cannot be made or read;
 * space on the disk is waited for. Undefined where the process is told to stop meanwhile.
 */
export async function prepareFiles(config: Config, patience: Patience): Promise<PreparedFiles | undefined> {
  let prepared: PreparedFiles | undefined;
  await patiently(async () => (prepared = await prepare(config)), patience)();
  return prepared;
}

async function prepare({ state, tls, seal, equipment }: Config): Promise<PreparedFiles> {
  const { caFile } = equipment.provisioning;
  const [, cert, key, ca] = await settled([
    ['STATE_DIR', 'names a folder that cannot be made', mkdir(state.dir, { recursive: true })],
    ['TLS_CERT_FILE', 'names a file that cannot be read', tls ? readFile(tls.certFile) : NOTHING],
    ['TLS_KEY_FILE', 'names a file that cannot be read', tls ? readFile(tls.keyFile) : NOTHING],
    ['PROVISIONING_CA', 'names no file of certificates in PEM', caFile ? readCertificates(caFile) : NOTHING],
  ]);
  const kept = seal.keys ?? keptSealKeys(join(state.dir, 'seal.key'));
  const [sealKeys] = await settled([['STATE_DIR', 'has no key in seal.key that can be read or made', kept]]);
  return {
    tls: Buffer.isBuffer(cert) && Buffer.isBuffer(key) ? { cert, key } : null,
    sealKeys: sealKeys as readonly SealKey[],
    provisioningCa: typeof ca === 'string' ? ca : null,
  };
}

async function readCertificates(file: string): Promise<string> {
  const pem = await readFile(file, 'utf8');
  if (!new X509Certificate(pem).fingerprint256) throw new Error('no certificate');
  return pem;
}

type Attempt = [key: ConfigKey, detail: string, work: unknown];

async function settled(attempts: readonly Attempt[]): Promise<unknown[]> {
  const outcomes = await Promise.allSettled(attempts.map(([, , work]) => work));
  const faults = attempts.flatMap(([key, detail], index) => {
    const outcome = outcomes[index];
    return outcome?.status === 'rejected' ? [{ key, detail, reason: outcome.reason as unknown }] : [];
  });
  const problems = faults.filter(({ reason }) => !lacksSpace(reason));
  if (problems.length > 0) {
    throw new ConfigError(
      problems.map(({ key, detail, reason }) => ({ key, detail: `${detail}${reasonOf(reason)}` })),
    );
  }
  if (faults[0]) throw noSpaceFor(faults[0].key, faults[0].reason);
  return outcomes.map((outcome) => (outcome.status === 'fulfilled' ? outcome.value : undefined));
}

/** " (EACCES)", which tells rights from room and from what is not there; nothing where the system gave no code. */
function reasonOf(error: unknown): string {
  const code = (error as { code?: unknown } | undefined)?.code;
  return typeof code === 'string' && /^E[A-Z]+$/.test(code) ? ` (${code})` : '';
}
