import { expect } from 'chai';
import { createAlertReader } from '../../../src/modules/rates/alerts/alert-reader.js';
import { createAlertsRepository } from '../../../src/modules/rates/alerts/alerts.repository.js';
import { alertsOnEachDatabase } from './alerts-bench.js';
import type { AlertsBench } from './alerts-bench.js';

/** A reader over the bench, what it has made of all its readings, and how much it read. */
function reading({ db, clock, events }: AlertsBench) {
  const repository = createAlertsRepository(db);
  const known = new Map<string, number>();
  const counts = { whole: 0, rows: 0 };
  const reader = createAlertReader({
    ...{ clock, events },
    repository: {
      list: (...args) => {
        counts.whole++;
        return repository.list(...args);
      },
      byIds: (ids) => repository.byIds(ids),
    },
  });
  return {
    known,
    counts,
    read: async (isWhole = false): Promise<void> => {
      const { alerts, ids } = await reader.read(isWhole);
      counts.rows += alerts.length;
      for (const id of ids ?? [...known.keys()]) known.delete(id);
      for (const { id, version } of alerts) known.set(id, version);
    },
    stored: async () => new Map((await repository.list({}, 1_000)).map(({ id, version }) => [id, version])),
  };
}

describe('The reader of alerts', () => {
  alertsOnEachDatabase((bench) => {
    it('reads those alone that were set, turned or removed since', async () => {
      const alerts = bench().make();
      for (let n = 0; n < 10; n++) await bench().set(alerts.api, {});
      const { read, known, counts, stored } = reading(bench());
      await read();
      expect([counts.whole, counts.rows]).to.deep.equal([1, 10]);
      const added = await bench().set(alerts.api, {});
      await read();
      expect(known.get(added.id)).to.equal(1);
      await alerts.api.remove(added.id, () => undefined);
      await read();
      expect([...known.keys()]).not.to.include(added.id);
      await read();
      expect([counts.whole, counts.rows]).to.deep.equal([1, 11]);
      await alerts.start();
      bench().course('101');
      await bench().watching(alerts, 10);
      for (const id of known.keys()) await bench().told(id, 2);
      await read();
      expect([...known.values()]).to.deep.equal(Array<number>(10).fill(2));
      expect(known).to.deep.equal(await stored());
    });

    it('misses none, however they come while it reads', async () => {
      const { api } = bench().make();
      const { read, known, counts, stored } = reading(bench());
      let left = 4;
      const change = async (): Promise<void> => {
        for (let n = 0; n < 10; n++) {
          const { id } = await bench().set(api, {});
          if (n % 2 === 0) await api.remove(id, () => undefined);
        }
        left--;
      };
      const changes = Array.from({ length: left }, change);
      while (left > 0) await read();
      await Promise.all(changes);
      await read();
      expect(known).to.deep.equal(await stored());
      expect(known.size).to.equal(20);
      expect(counts.whole).to.equal(1);
    });

    it('reads all from time to time, when it is told to, and behind too many events', async () => {
      const { read, counts } = reading(bench());
      const wholeAfter = async (isWhole = false): Promise<number> => {
        await read(isWhole);
        return counts.whole;
      };
      expect([await wholeAfter(), await wholeAfter(), await wholeAfter(true)]).to.deep.equal([1, 1, 2]);
      bench().clock.advance(29_999);
      expect(await wholeAfter()).to.equal(2);
      bench().clock.advance(1);
      expect([await wholeAfter(), await wholeAfter()]).to.deep.equal([3, 3]);
      const { db, events } = bench();
      const tx = db.begin();
      for (let n = 0; n <= 10_000; n++)
        events.append(tx, { type: 'a.b', subject: 'a/b', time: 1, data: '{}' });
      await db.commit(tx);
      expect([await wholeAfter(), await wholeAfter()]).to.deep.equal([4, 4]);
    });
  });
});
