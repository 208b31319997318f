import { expect } from 'chai';
import { mkdtemp, readFile, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { generateAttempts } from '../../../src/modules/reports/generate-attempts.js';
import { writeSampleData } from '../../../src/modules/reports/sample-data.js';

interface Attempt {
  phone: number;
  start_date: number;
  end_date: number;
}

async function textOf(shape: { records: number; phones: number; seed: number }): Promise<string> {
  const pieces: Buffer[] = [];
  for await (const piece of generateAttempts(shape)) pieces.push(piece);
  return Buffer.concat(pieces).toString();
}

describe('sample data', () => {
  let folder: string;
  beforeEach(async () => (folder = await mkdtemp(join(tmpdir(), 'sample-'))));
  afterEach(() => rm(folder, { recursive: true }));

  it('holds the records asked for, in the known layout', async () => {
    const text = await textOf({ records: 20_000, phones: 7, seed: 1 });
    expect(text).to.match(/^\[\{"phone": \d+, "start_date": \d{13}, "end_date": \d{13}\}, \{/);
    const attempts = JSON.parse(text) as Attempt[];
    expect(attempts).to.have.length(20_000);
    expect(new Set(attempts.map((attempt) => attempt.phone))).to.deep.equal(new Set([0, 1, 2, 3, 4, 5, 6]));
  });

  it('spreads durations over 0 to 120 whole seconds and starts over 2023', async () => {
    const attempts = JSON.parse(await textOf({ records: 50_000, phones: 3, seed: 9 })) as Attempt[];
    const seconds = new Map<number, number>();
    for (const { start_date, end_date } of attempts) {
      const duration = (end_date - start_date) / 1000;
      seconds.set(duration, (seconds.get(duration) ?? 0) + 1);
      expect(new Date(start_date).getUTCFullYear()).to.equal(2023);
    }
    expect([...seconds.keys()].sort((a, b) => a - b)).to.deep.equal([...Array(121).keys()]);
    for (const count of seconds.values()) expect(count).to.be.within(300, 530);
  });

  it('is the same for the same seed and another for another', async () => {
    const shape = { records: 500, phones: 50, seed: 3 };
    expect(await textOf(shape)).to.equal(await textOf(shape));
    expect(await textOf(shape)).not.to.equal(await textOf({ ...shape, seed: 4 }));
  });

  it('is an empty array for no records', async () => {
    expect(JSON.parse(await textOf({ records: 0, phones: 1, seed: 1 }))).to.deep.equal([]);
  });

  it('is written under another name and then put in place, with its folder', async () => {
    const file = join(folder, 'made', 'data.json');
    const sizes: number[] = [];
    await writeSampleData(file, { records: 5_000, phones: 5, seed: 1 }, (progress) => {
      sizes.push(progress.bytesWritten);
    });
    expect((JSON.parse(await readFile(file, 'utf8')) as Attempt[]).length).to.equal(5_000);
    expect(await readdir(join(folder, 'made'))).to.deep.equal(['data.json']);
    expect(sizes.at(-1)).to.equal((await readFile(file)).length);
  });

  it('leaves nothing behind where it fails', async () => {
    const failure = await writeSampleData(folder, { records: 10, phones: 5, seed: 1 }).catch(
      (error: unknown) => error,
    );
    expect(failure).to.be.instanceOf(Error);
    expect(
      await readdir(join(folder, '..')).then((names) => names.filter((name) => name.endsWith('.tmp'))),
    ).to.deep.equal([]);
  });
});
