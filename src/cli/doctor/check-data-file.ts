import { stat } from 'node:fs/promises';
import type { Config } from '../../app/config.js';
import { fail, ok, warn } from './finding.js';
import type { Check, Finding } from './finding.js';

/** Whether the call attempts can be read; their head and tail stand for the whole. */
export const checkDataFile: Check = {
  name: 'data file',
  async run({ config: { data } }) {
    const problem = await problemWith(data);
    if (problem) return [problem];
    const { checkDataEnds } = await import('../../modules/reports/index.js');
    const ends = await checkDataEnds(data.file, data.invalidRecords === 'skip');
    if (ends.damage) return [damaged(data.file, ends.damage)];
    const agoS = Math.max(0, Math.round((Date.now() - ends.changedMs) / 1000));
    const { size, container } = ends;
    const form = container === 'plain' ? 'head and tail are well-formed' : `${container}, not unpacked here`;
    const found = `${data.file}: ${size} bytes, ${form}, changed ${agoS} s ago`;
    if (agoS >= data.settleMs / 1000) return [ok('data file', found)];
    return [warn('data file', found, 'if it is written at the moment, put it in place whole, by a rename')];
  },
};

async function problemWith({ file, sampleIfMissing }: Config['data']): Promise<Finding | undefined> {
  try {
    if ((await stat(file)).isFile()) return undefined;
    return fail('data file', `${file} is not a regular file`, 'name a file in DATA_FILE');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    if (sampleIfMissing) return ok('data file', `${file} is missing: the first start writes a sample there`);
    return fail('data file', `${file} is missing`, 'put it there, or correct DATA_FILE; it is never made');
  }
}

function damaged(file: string, { offset, reason }: { offset: number; reason: string }): Finding {
  const todo = 'write the file anew; for damaged records alone DATA_INVALID_RECORDS=skip leaves them out';
  return fail('data file', `${file} is damaged at byte ${offset}: ${reason}`, todo);
}
