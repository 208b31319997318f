import { execFile } from 'node:child_process';
import { access } from 'node:fs/promises';
import { promisify } from 'node:util';

const run = promisify(execFile);
let listsAreFresh = false;

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}

/**
 * Sees to a program that the specs need: does nothing where one of `paths` exists, installs the Debian
 * package where this process may, and else fails saying what to do.
 * Returns the path that exists.
 */
export async function ensureProgram(
  packages: readonly string[],
  paths: () => Promise<string[]>,
): Promise<string> {
  const found = await firstExisting(await paths());
  if (found) return found;
  const command = `apt-get install -y --no-install-recommends ${packages.join(' ')}`;
  if (process.getuid?.() !== 0 || !(await exists('/usr/bin/apt-get'))) {
    throw new Error(`the specs need ${packages.join(', ')}: run "${command}" as root, then again`);
  }
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive', RUNLEVEL: '1' };
  if (!listsAreFresh) await run('apt-get', ['update', '-q'], { env, maxBuffer: 1 << 26 });
  listsAreFresh = true;
  await run('apt-get', ['install', '-y', '-q', '--no-install-recommends', ...packages], {
    env,
    maxBuffer: 1 << 26,
  });
  const installed = await firstExisting(await paths());
  if (!installed) throw new Error(`"${command}" ran, but none of its programs is where it was expected`);
  return installed;
}

async function firstExisting(paths: readonly string[]): Promise<string | undefined> {
  for (const path of paths) if (await exists(path)) return path;
  return undefined;
}
