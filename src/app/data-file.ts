import { access, constants, stat } from 'node:fs/promises';
import type { Logger } from '../kernel/logger.js';
import { writeSampleData } from '../modules/reports/index.js';
import { ConfigError } from './config.js';
import type { Config } from './config.js';
import { lacksSpace, noSpaceFor } from './disk-space.js';

/** The sample that a first start writes. */
const SAMPLE = { records: 200_000, phones: 200, seed: 1 };

/**
 * Sees to the data file before anything depends on it: writes a sample where none is there and DATA_FILE is not set.
 * A DATA_FILE that is missing or unreadable is a `ConfigError`, and never replaced. A full disk is an `AppError` that may pass.
 */
export async function prepareDataFile(data: Config['data'], log: Logger): Promise<void> {
  const problem = await problemWith(data.file);
  if (problem === undefined) return;
  if (problem === 'missing' && data.sampleIfMissing) {
    await writeSampleData(data.file, SAMPLE).catch((error: unknown) => {
      throw lacksSpace(error) ? noSpaceFor('sample data', error) : error;
    });
    const { records, phones } = SAMPLE;
    log.info(
      { file: data.file, records },
      `no data file was there: wrote a sample of ${records} attempts over phones 0 to ${phones - 1}`,
    );
    return;
  }
  throw new ConfigError([{ key: 'DATA_FILE', detail: `names a file that is ${problem}` }]);
}

async function problemWith(
  file: string,
): Promise<'missing' | 'unreadable' | 'not a regular file' | undefined> {
  try {
    await access(file, constants.R_OK);
    return (await stat(file)).isFile() ? undefined : 'not a regular file';
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ENOENT' ? 'missing' : 'unreadable';
  }
}
