import { appendFile, readFile, stat, truncate } from 'node:fs/promises';
import { join } from 'node:path';
import { writeSampleData } from '../../src/modules/reports/index.js';
import { tempFolder } from './temp-folder.js';

/** Phones of a file made here, unless its spec says otherwise: 0 to 49. */
export const PHONES = 50;

/** A small data file in a new folder, the same for the same seed. */
export async function attemptsFile(records = 10_000, seed = 1, phones = PHONES): Promise<string> {
  return attemptsFileAt(join(await tempFolder(), 'data.json'), { records, phones, seed });
}

export async function attemptsFileAt(
  file: string,
  shape: { records: number; phones: number; seed: number },
): Promise<string> {
  await writeSampleData(file, shape);
  return file;
}

interface Attempt {
  phone: number;
  start_date: number;
  end_date: number;
}

/** What the contract says of each phone of a file, by JSON.parse and plain sums. */
export async function plainReports(file: string): Promise<Map<number, unknown>> {
  const attempts = JSON.parse(await readFile(file, 'utf8')) as Attempt[];
  const durations = new Map<number, number[]>();
  for (const { phone, start_date, end_date } of attempts) {
    const known = durations.get(phone) ?? [];
    known.push(end_date - start_date);
    durations.set(phone, known);
  }
  return new Map([...durations].map(([phone, ms]) => [phone, plainReport(phone, ms)]));
}

function plainReport(phone: number, ms: readonly number[]): unknown {
  const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
  return {
    phone,
    cnt_all_attempts: ms.length,
    cnt_att_dur: {
      '10_sec': ms.filter((one) => one <= 10_000).length,
      '10_30_sec': ms.filter((one) => one > 10_000 && one <= 30_000).length,
      '30_sec': ms.filter((one) => one > 30_000).length,
    },
    min_price_att: Math.min(...ms) / 100,
    max_price_att: Math.max(...ms) / 100,
    avg_dur_att: sum(ms) / (ms.length * 1000),
    sum_price_att_over_15: sum(ms.filter((one) => one > 15_000)) / 100,
  };
}

const LAST_BYTES = ']\n';

/** Takes the end of a file away, as while it is being written: whoever reads it waits for the rest. */
export async function takeEnd(file: string): Promise<void> {
  await truncate(file, (await stat(file)).size - LAST_BYTES.length);
}

export async function putEnd(file: string, record = ''): Promise<void> {
  await appendFile(file, `${record}${LAST_BYTES}`);
}
