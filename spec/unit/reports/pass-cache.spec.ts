import { expect } from 'chai';
import { PassCache } from '../../../src/modules/reports/aggregation/pass-cache.js';
import type { TakenPass } from '../../../src/modules/reports/aggregation/pass-cache.js';
import type { PassStore } from '../../../src/modules/reports/aggregation/kept-pass.js';
import { PhoneTable } from '../../../src/modules/reports/scan/phone-table.js';
import type { Shards } from '../../../src/modules/reports/scan/shards.js';
import { ManualClock } from '../../support/manual-clock.js';
import { shardsOfRows } from '../../support/packed-shards.js';

class MapStore implements PassStore {
  readonly values = new Map<string, string>();
  gets = 0;

  async get(key: string): Promise<string | undefined> {
    this.gets++;
    return this.values.get(key);
  }

  async getMany(keys: readonly string[]): Promise<(string | undefined)[]> {
    this.gets++;
    return keys.map((key) => this.values.get(key));
  }

  async set(key: string, value: string): Promise<boolean> {
    this.values.set(key, value);
    return true;
  }
}

function passOf(phones: number): Shards {
  const table = new PhoneTable();
  for (let phone = 0; phone < phones; phone++) table.add(phone, 0, phone * 7);
  return shardsOfRows(table.rows, 100);
}

function takenPass(phones: number, skipped = 0): TakenPass {
  return { shards: passOf(phones), skipped, extent: null };
}

describe('cache of passes', () => {
  let store: MapStore;
  let clock: ManualClock;
  beforeEach(() => {
    store = new MapStore();
    clock = new ManualClock();
  });

  function open(memoryBytes = 1 << 20, maxPasses = 100): PassCache {
    return new PassCache({ store, clock, ttlMs: 10_000, memoryBytes, maxPasses });
  }

  const all = [...Array(5_000).keys()];

  it('stays within its memory, and still finds every phone', async () => {
    const memoryBytes = 100_000;
    const cache = open(memoryBytes);
    cache.take('a', 'kind', takenPass(5_000, 3));
    await cache.store();
    expect((await cache.find('a', all))!.stats.map(({ maxMs }) => maxMs)).to.deep.equal(
      all.map((phone) => phone * 7),
    );
    expect(cache.memoryUsed).to.be.within(1, memoryBytes);
    expect(await cache.find('a', [7, 5_000])).to.deep.include({ notFound: [5_000], skipped: 3 });
  });

  it('finds a pass that is too large for memory while it is being stored', async () => {
    const cache = open(1_000);
    cache.take('a', 'kind', takenPass(5_000, 0));
    const storing = cache.store();
    expect((await cache.find('a', all))!.stats).to.have.length(5_000);
    await storing;
  });

  it('asks the store once for what many want at once', async () => {
    const first = open();
    first.take('a', 'kind', takenPass(300, 0));
    await first.store();
    store.gets = 0;
    const second = open();
    const found = await Promise.all(Array.from({ length: 50 }, () => second.find('a', [1, 2, 299])));
    expect(found.every((answer) => answer!.stats.length === 3)).to.equal(true);
    expect(store.gets).to.be.at.most(4);
  });

  it('does not trust a pass that lacks its mark, a shard, or a whole one', async () => {
    const spoilings: ((store: MapStore) => void)[] = [
      ({ values }) => values.delete('a/mark'),
      ({ values }) => values.set('a/mark', '{"shards":'),
      ({ values }) => values.set('a/mark', '{"shards":0,"expiresAt":1e99}'),
      ({ values }) => values.delete('a/0'),
      ({ values }) => values.set('a/0', values.get('a/0')!.slice(0, 40)),
    ];
    for (const spoil of spoilings) {
      const first = open();
      first.take('a', 'kind', takenPass(100, 0));
      await first.store();
      spoil(store);
      expect(await open().find('a', [1])).to.equal(undefined);
    }
  });

  it('writes the mark last, and not at all where a shard could not be stored', async () => {
    const keys: string[] = [];
    const failing: PassStore = {
      get: (key) => store.get(key),
      getMany: (some) => store.getMany(some),
      async set(key) {
        keys.push(key);
        return key !== 'b/1';
      },
    };
    const cache = new PassCache({ store: failing, clock, ttlMs: 10_000, memoryBytes: 1 << 20, maxPasses: 5 });
    cache.take('a', 'kind', takenPass(300, 0));
    await cache.store();
    expect(keys).to.deep.equal(['a/0', 'a/1', 'a/2', 'a/mark', 'kind/latest']);
    cache.take('b', 'kind', takenPass(300, 0));
    await cache.store();
    expect(keys.slice(5)).to.deep.equal(['b/0', 'b/1']);
  });

  it('knows the last passes asked for, in memory', async () => {
    const cache = open(1 << 20, 2);
    for (const key of ['a', 'b']) cache.take(key, 'kind', takenPass(10, 0));
    await cache.find('a', [1]);
    cache.take('c', 'kind', takenPass(10, 0));
    expect(['a', 'b', 'c'].map((key) => cache.knows(key))).to.deep.equal([true, false, true]);
    clock.advance(10_000);
    expect(cache.knows('a')).to.equal(false);
  });

  it('forgets the passes of other versions', () => {
    const cache = open();
    for (const key of ['v1/x', 'v2/x']) cache.take(key, 'kind', takenPass(10, 0));
    cache.keepOnly('v2/');
    expect(['v1/x', 'v2/x'].map((key) => cache.knows(key))).to.deep.equal([false, true]);
  });
});
