import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const folders: string[] = [];

/** A new folder of the running spec file: removed after it, or kept and named where one of its specs failed. */
export async function tempFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'switchyard-spec-'));
  folders.push(folder);
  return folder;
}

/** Returns the folders that were kept. */
export async function endTempFolders(keep: boolean): Promise<string[]> {
  const ended = folders.splice(0);
  if (keep) return ended;
  await Promise.all(ended.map((folder) => rm(folder, { recursive: true, force: true })));
  return [];
}
