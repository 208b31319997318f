import { execFile } from 'node:child_process';
import { mkdir, statfs } from 'node:fs/promises';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** A folder on a disk of its own, which can be made full and given space again. */
export interface SmallDisk {
  readonly folder: string;
  /** Leaves no byte free. */
  fill(): Promise<void>;
  free(): Promise<void>;
  /** What it holds is gone then. */
  unmount(): Promise<void>;
}

/** Mounts a tmpfs on a new folder; undefined where this process may not. */
export async function mountSmallDisk(folder: string, megabytes = 1_024): Promise<SmallDisk | undefined> {
  await mkdir(folder, { recursive: true });
  const size = `size=${megabytes}m`;
  const mounted = await run('mount', ['-t', 'tmpfs', '-o', size, 'switchyard-spec', folder]).catch(
    () => undefined,
  );
  if (!mounted) return undefined;
  const resize = (to: string): Promise<unknown> => run('mount', ['-o', `remount,${to}`, folder]);
  return {
    folder,
    async fill() {
      // Who writes meanwhile makes it larger than was just read.
      for (let slackKb = 0; ; slackKb += 64) {
        const { blocks, bfree, bsize } = await statfs(folder);
        const usedKb = Math.ceil(((blocks - bfree) * bsize) / 1024);
        const done = await resize(`size=${usedKb + slackKb}k`).catch(() => undefined);
        if (done) return;
        if (slackKb > 65_536) throw new Error(`${folder} cannot be made full`);
      }
    },
    free: async () => void (await resize(size)),
    unmount: async () => void (await run('umount', ['--lazy', folder])),
  };
}
