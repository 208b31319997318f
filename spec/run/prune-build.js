import { access, readdir, rm } from 'node:fs/promises';
import { join, relative } from 'node:path';

const BUILD = '.build';

/** Removes what was compiled from a file that is gone, so that no spec outlives its source. */
export async function pruneBuild() {
  const entries = await readdir(BUILD, { recursive: true, withFileTypes: true }).catch(() => []);
  const compiled = entries.filter((entry) => entry.isFile() && /\.(js|js\.map)$/.test(entry.name));
  await Promise.all(
    compiled.map(async (entry) => {
      const path = join(entry.parentPath, entry.name);
      const source = relative(BUILD, path).replace(/\.js(\.map)?$/, '.ts');
      if (!(await exists(source))) await rm(path, { force: true });
    }),
  );
}

/** @param {string} path */
async function exists(path) {
  return access(path).then(
    () => true,
    () => false,
  );
}
