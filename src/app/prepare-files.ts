import { mkdir, readFile } from 'node:fs/promises';
import { ConfigError } from './config.js';
import type { Config } from './config.js';
import type { ConfigKey } from './config-keys.js';

const NOTHING = Promise.resolve(undefined);

export interface PreparedFiles {
  tls: { cert: Buffer; key: Buffer } | null;
}

/** Makes the state folder and reads the TLS files. Throws `ConfigError` with all that cannot be made or read. */
export async function prepareFiles({ state, tls }: Config): Promise<PreparedFiles> {
  const [, cert, key] = await settled([
    ['STATE_DIR', 'names a folder that cannot be made', mkdir(state.dir, { recursive: true })],
    ['TLS_CERT_FILE', 'names a file that cannot be read', tls ? readFile(tls.certFile) : NOTHING],
    ['TLS_KEY_FILE', 'names a file that cannot be read', tls ? readFile(tls.keyFile) : NOTHING],
  ]);
  return { tls: Buffer.isBuffer(cert) && Buffer.isBuffer(key) ? { cert, key } : null };
}

type Attempt = [key: ConfigKey, detail: string, work: Promise<unknown>];

async function settled(attempts: readonly Attempt[]): Promise<unknown[]> {
  const outcomes = await Promise.allSettled(attempts.map(([, , work]) => work));
  const problems = attempts.flatMap(([key, detail], index) =>
    outcomes[index]?.status === 'rejected' ? [{ key, detail }] : [],
  );
  if (problems.length > 0) throw new ConfigError(problems);
  return outcomes.map((outcome) => (outcome.status === 'fulfilled' ? outcome.value : undefined));
}
