import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';

export interface SourceFile {
  /** From the root of the repository, with `/`. */
  path: string;
  text: string;
}

const SKIPPED = ['node_modules', '.git', '.build', '.build-generated', 'dist', 'coverage', 'data'];
const WRITTEN_BY_TOOLS = ['src/generated', 'spec/arch/fixtures', 'bench/results'];

/** The text files of the repository that people write, below `folder`. */
export async function sourceFiles(folder: string, extensions: readonly string[]): Promise<SourceFile[]> {
  const files: SourceFile[] = [];
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (SKIPPED.includes(entry.name) || WRITTEN_BY_TOOLS.includes(path)) continue;
    if (entry.isDirectory()) files.push(...(await sourceFiles(path, extensions)));
    else if (extensions.some((extension) => entry.name.endsWith(extension))) {
      files.push({ path, text: await readFile(path, 'utf8') });
    }
  }
  return files;
}
