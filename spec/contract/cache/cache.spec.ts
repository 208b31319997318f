import { expect } from 'chai';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Cache } from '../../../src/platform/cache/cache.js';
import { createRedisCache } from '../../../src/platform/cache/redis-cache.js';
import { createSqliteCache } from '../../../src/platform/cache/sqlite-cache.js';
import { ManualClock } from '../../support/manual-clock.js';
import { RecordingLog } from '../../support/recording-log.js';
import { RedisServer } from '../../support/redis.js';

interface Store {
  /** A cache on the same store as the last one. */
  open(clock: ManualClock): Cache;
  close(): Promise<void>;
}

const STORES: Record<string, () => Promise<Store>> = {
  async SQLite() {
    const folder = await mkdtemp(join(tmpdir(), 'cache-'));
    const file = join(folder, 'made', 'cache.sqlite');
    return {
      open: (clock) => createSqliteCache({ file, clock, log: new RecordingLog() }),
      close: () => rm(folder, { recursive: true }),
    };
  },
  async Redis() {
    const server = await RedisServer.start();
    return {
      open: (clock) => createRedisCache({ url: server.url, clock, log: new RecordingLog() }),
      close: () => server.stop(),
    };
  },
};

for (const [name, start] of Object.entries(STORES)) {
  describe(`cache in ${name}`, () => {
    let store: Store;
    let clock: ManualClock;
    let cache: Cache;

    before(async () => (store = await start()));
    after(() => store.close());

    beforeEach(async () => {
      clock = new ManualClock(Date.now());
      cache = store.open(clock);
      await cache.start();
    });
    afterEach(() => cache.stop());

    it('gives back what was set, of any characters and size', async () => {
      const large = 'é"\u0000\n'.repeat(100_000);
      expect(await cache.set('a', 'one', 60_000)).to.equal(true);
      expect(await cache.set('b', large, 60_000)).to.equal(true);
      expect(await cache.set('empty', '', 60_000)).to.equal(true);
      expect(await cache.get('a')).to.equal('one');
      expect(await cache.get('b')).to.equal(large);
      expect(await cache.get('empty')).to.equal('');
      expect(cache.state()).to.deep.equal({ status: 'ok' });
    });

    it('replaces a value', async () => {
      await cache.set('again', 'old', 60_000);
      await cache.set('again', 'new', 60_000);
      expect(await cache.get('again')).to.equal('new');
    });

    it('gives many in the order of the keys, undefined for those it lacks', async () => {
      await cache.set('m1', '1', 60_000);
      await cache.set('m2', '2', 60_000);
      expect(await cache.getMany(['m2', 'none', 'm1', 'm2'])).to.deep.equal(['2', undefined, '1', '2']);
      expect(await cache.getMany([])).to.deep.equal([]);
    });

    it('forgets what was deleted, and does not mind what never was', async () => {
      await cache.set('gone', 'x', 60_000);
      await cache.delete('gone');
      await cache.delete('never');
      expect(await cache.get('gone')).to.equal(undefined);
    });

    it('forgets a value when its time is over', async () => {
      await cache.set('short', 'x', 5_000);
      clock.advance(4_999);
      expect(await cache.get('short')).to.equal('x');
      clock.advance(2);
      expect(await cache.get('short')).to.equal(undefined);
      expect(await cache.getMany(['short'])).to.deep.equal([undefined]);
    });

    it('does not store what has no time to live', async () => {
      expect(await cache.set('none', 'x', 0)).to.equal(false);
      expect(await cache.get('none')).to.equal(undefined);
    });

    it('keeps values over a restart of the process', async () => {
      await cache.set('kept', 'still here', 60_000);
      await cache.stop();
      cache = store.open(clock);
      await cache.start();
      expect(await cache.get('kept')).to.equal('still here');
    });

    it('is a miss before the start and after the stop', async () => {
      const other = store.open(clock);
      expect(await other.get('a')).to.equal(undefined);
      await other.start();
      await Promise.all([other.stop(), other.stop()]);
      expect(await other.set('a', 'x', 1_000)).to.equal(false);
      expect(await other.getMany(['a'])).to.deep.equal([undefined]);
      expect(other.state().status).to.equal('down');
    });

    it('answers many callers at once', async () => {
      const keys = Array.from({ length: 200 }, (_, index) => `k${index}`);
      await Promise.all(keys.map((key) => cache.set(key, key, 60_000)));
      expect(await Promise.all(keys.map((key) => cache.get(key)))).to.deep.equal(keys);
    });
  });
}
