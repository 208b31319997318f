import { expect } from 'chai';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { createSqliteCache } from '../../../src/platform/cache/sqlite-cache.js';
import { ManualClock } from '../../support/manual-clock.js';
import { RecordingLog } from '../../support/recording-log.js';
import { waitFor } from '../../support/wait-for.js';

describe('cache in an SQLite file', () => {
  let folder: string;
  let file: string;
  let clock: ManualClock;
  let log: RecordingLog;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'cache-'));
    file = join(folder, 'cache.sqlite');
    clock = new ManualClock(Date.now());
    log = new RecordingLog();
  });
  afterEach(() => rm(folder, { recursive: true }));

  /** Reads the closed file with another library. */
  function inFile<T>(sql: string): T[] {
    const database = new Database(file, { readonly: true });
    try {
      return database.prepare(sql).pluck().all() as T[];
    } finally {
      database.close();
    }
  }

  it('writes ahead, and finds expired rows by an index', async () => {
    const cache = createSqliteCache({ file, clock, log });
    await cache.start();
    await cache.stop();
    expect(inFile('PRAGMA journal_mode')).to.deep.equal(['wal']);
    const plan = inFile<string>(
      "SELECT detail FROM (SELECT sql AS detail FROM sqlite_master WHERE type = 'index')",
    );
    expect(plan.join()).to.contain('substr(value, 1, 15)');
  });

  it('removes expired rows by and by', async () => {
    const cache = createSqliteCache({ file, clock, log });
    await cache.start();
    for (let index = 0; index < 250; index++) await cache.set(`old${index}`, 'x', 1_000);
    await cache.set('young', 'x', 3_600_000);
    clock.advance(60_000);
    await cache.get('young');
    await cache.stop();
    expect(inFile('SELECT key FROM keyv')).to.deep.equal(['young']);
  });

  it('stays within its size by dropping what expires soonest', async () => {
    const maxBytes = 1 << 20;
    const cache = createSqliteCache({ file, clock, log, maxBytes });
    await cache.start();
    const value = 'v'.repeat(10_000);
    for (let index = 0; index < 500; index++) await cache.set(`k${index}`, value, 100_000 + index);
    expect(await cache.get('k499')).to.equal(value);
    expect(await cache.get('k0')).to.equal(undefined);
    await cache.stop();
    const [count] = inFile<number>('SELECT count(*) FROM keyv');
    expect(count! * 10_000).to.be.within(maxBytes / 4, maxBytes * 1.5);
  });

  it('begins anew where the file is damaged, and says so', async () => {
    await writeFile(
      file,
      'this is no database, but a text that is long enough to look like something '.repeat(20),
    );
    const cache = createSqliteCache({ file, clock, log });
    await cache.start();
    expect(await cache.set('a', 'x', 1_000)).to.equal(true);
    expect(await cache.get('a')).to.equal('x');
    expect(log.messages('warn')).to.deep.equal(['the cache file is damaged and is begun anew']);
    await cache.stop();
  });

  it('is a cache that misses where the file cannot be made', async () => {
    await writeFile(join(folder, 'file'), '');
    const cache = createSqliteCache({ file: join(folder, 'file', 'cache.sqlite'), clock, log });
    await cache.start();
    expect(cache.state().status).to.equal('degraded');
    expect(await cache.set('a', 'x', 1_000)).to.equal(false);
    expect(await cache.getMany(['a', 'b'])).to.deep.equal([undefined, undefined]);
    await waitFor('one warning', () => log.messages('warn').length === 1);
    await cache.stop();
  });
});
