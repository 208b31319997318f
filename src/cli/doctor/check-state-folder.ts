import { constants } from 'node:fs';
import { access, stat, statfs } from 'node:fs/promises';
import { dirname } from 'node:path';
import { fail, ok, warn } from './finding.js';
import type { Check, Finding } from './finding.js';

const MB = 1024 * 1024;
const LEAST_BYTES = 100 * MB;
const ENOUGH_BYTES = 1024 * MB;

/** Whether what the process keeps can be written, and for how long. */
export const checkStateFolder: Check = {
  name: 'state folder',
  async run({ config }) {
    const { dir } = config.state;
    const there = await nearestThere(dir);
    if (!(await stat(there)).isDirectory()) {
      return [fail('state folder', `${there} is no folder`, 'name another STATE_DIR')];
    }
    if (!(await isWritable(there))) {
      const todo = 'let the user that runs the service write there, or name another STATE_DIR';
      return [fail('state folder', `${there} cannot be written`, todo)];
    }
    const { bavail, bsize } = await statfs(there);
    return [judgeSpace(there === dir ? dir : `${dir} (made at the start)`, bavail * bsize)];
  },
};

export function judgeSpace(folder: string, freeBytes: number): Finding {
  const found = `${folder}: ${Math.floor(freeBytes / MB)} MB free`;
  if (freeBytes >= ENOUGH_BYTES) return ok('state folder', found);
  const todo = 'make room, or name a STATE_DIR on a larger disk: when it is full, no work is accepted';
  return freeBytes >= LEAST_BYTES ? warn('state folder', found, todo) : fail('state folder', found, todo);
}

async function nearestThere(folder: string): Promise<string> {
  try {
    await stat(folder);
    return folder;
  } catch (error) {
    const isMissing = (error as NodeJS.ErrnoException).code === 'ENOENT';
    if (!isMissing || folder === dirname(folder)) throw error;
    return nearestThere(dirname(folder));
  }
}

function isWritable(folder: string): Promise<boolean> {
  return access(folder, constants.W_OK | constants.X_OK).then(
    () => true,
    () => false,
  );
}
