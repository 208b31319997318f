import { createHash, randomBytes } from 'node:crypto';
import { chmod, link, open, readFile, rm } from 'node:fs/promises';

/** A key with the name that stands in what it sealed. */
export interface SealKey {
  /** 1 to 32 letters, digits, `-` and `_`. */
  id: string;
  /** 32 bytes, base64. */
  key: string;
}

const KEY_BYTES = 32;
const ENTRY = /^([A-Za-z0-9_-]{1,32}):([A-Za-z0-9+/_-]{43}=?)$/;

/** `id:base64`, separated by commas, the one that seals first; undefined where it is anything else, or an id comes twice. */
export function parseSealKeys(text: string): SealKey[] | undefined {
  const keys = text.split(',').map((entry) => ENTRY.exec(entry.trim()));
  const found = keys.flatMap((match) => (match ? [{ id: match[1]!, key: match[2]! }] : []));
  const isWhole = found.every(({ key }) => Buffer.from(key, 'base64').length === KEY_BYTES);
  const isUnique = new Set(found.map(({ id }) => id)).size === found.length;
  return found.length === keys.length && isWhole && isUnique ? found : undefined;
}

/** The keys in a file of ours; where there is none, one is made for its owner's eyes alone. Rejects where it holds no keys. */
export async function keptSealKeys(file: string): Promise<SealKey[]> {
  const text = (await textOf(file)) ?? (await make(file));
  const keys = parseSealKeys(text.trim());
  if (!keys) throw new Error('the file holds no keys');
  return keys;
}

async function textOf(file: string): Promise<string | undefined> {
  try {
    const text = await readFile(file, 'utf8');
    await chmod(file, 0o600);
    return text;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

/** Whole or not at all, and never over another's: two processes may start at once. */
async function make(file: string): Promise<string> {
  const key = randomBytes(KEY_BYTES);
  const id = createHash('sha256').update(key).digest('hex').slice(0, 8);
  const draft = `${file}.${id}`;
  const handle = await open(draft, 'wx', 0o600);
  try {
    const written = handle.writeFile(`${id}:${key.toString('base64')}\n`).then(() => handle.sync());
    await written.finally(() => handle.close());
    await link(draft, file).catch((error: unknown) => {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    });
  } finally {
    await rm(draft);
  }
  return readFile(file, 'utf8');
}
