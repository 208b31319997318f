import { expect } from 'chai';
import { sql } from 'kysely';
import { DAY_MS, dayOf, startOf } from '../../../src/modules/sensors/log/log-day.js';
import type { LogPage } from '../../../src/modules/sensors/log/status-log.queries.js';
import { tableOf } from '../../../src/modules/sensors/log/log-days.repository.js';
import { DATABASES } from '../../support/databases.js';
import { ManualClock } from '../../support/manual-clock.js';
import { onEachDatabase, openSite } from './sensors-site.js';

const NOW = Date.UTC(2026, 10, 21, 12);
const clock = new ManualClock(NOW);

describe('The status log', () => {
  onEachDatabase((site) => {
    const period = (sensorId: string, more: Partial<LogPage> = {}): LogPage => ({
      ...{ sensorId, from: NOW - 20 * DAY_MS, to: NOW + 1, limit: 10 },
      ...more,
    });

    it('is read newest first, by pages that neither repeat nor leave out anything', async () => {
      const { id } = await site().newSensor();
      const events = Array.from({ length: 57 }, (_, n) => ({
        ...{ sensorId: id, status: n % 3 === 0 ? 'a' : 'b', payload: null },
        at: NOW - Math.floor(n / 2) * (DAY_MS / 2),
      }));
      await site().take(events);
      const found: string[] = [];
      for (let after: LogPage['after'], more = true; more;) {
        const page = await site().queries.list(period(id, { after }));
        found.push(...page.map(({ at, status }) => `${at} ${status}`));
        after = page.at(-1);
        more = page.length === 10;
      }
      const all = await site().queries.list(period(id, { limit: 1_000 }));
      expect(found).to.deep.equal(all.map(({ at, status }) => `${at} ${status}`));
      expect(new Set(found).size).to.equal(found.length).and.to.be.greaterThan(40);
      const filtered = await site().queries.list(period(id, { status: 'a', limit: 1_000 }));
      expect(filtered.length).to.equal(all.filter(({ status }) => status === 'a').length);
    });

    it('is read by the key of the days that the period touches, and of no others', async () => {
      const { id } = await site().newSensor();
      await site().days.ensure([dayOf(NOW - DAY_MS), dayOf(NOW - 2 * DAY_MS), dayOf(NOW - 9 * DAY_MS)]);
      const { db, queries, days } = site();
      const page = period(id, { from: NOW - DAY_MS, to: NOW });
      const tables =
        db.dialect === 'postgres'
          ? [sql.raw('sensor_log')]
          : days.within(page.from, page.to).map((day) => sql.raw(tableOf(day)));
      const explain = sql.raw(db.dialect === 'postgres' ? 'explain' : 'explain query plan');
      const plan = await sql`${explain} ${queries.statement(page, tables)}`.execute(db.schema());
      const text = JSON.stringify(plan.rows);
      expect(text)
        .to.include(dayOf(NOW))
        .and.to.include(dayOf(NOW - DAY_MS));
      expect(text).not.to.include(dayOf(NOW - 9 * DAY_MS));
      expect(text).not.to.match(/Seq Scan|SCAN sensor_log/);
      expect(text).to.match(
        /Index Cond: \(+sensor_id|USING PRIMARY KEY \(sensor_id=\? AND at>\? AND at<\?\)/,
      );
    });
  }, clock);

  for (const kind of DATABASES) {
    it(`has days made in advance, and drops old ones whole, on ${kind.name}`, async () => {
      const moving = new ManualClock(NOW);
      const opened = await kind.open(moving);
      try {
        const site = await openSite(opened.db, moving, 3);
        expect(site.days.within(0, NOW + 9 * DAY_MS)).to.deep.equal(['20261123', '20261122', '20261121']);
        const { id } = await site.newSensor();
        const event = (at: number) => ({ sensorId: id, status: 'on', at, payload: null });
        await site.take([event(NOW), event(NOW - 3 * DAY_MS)]);
        expect(await site.log(id)).to.have.length(2);
        expect(await site.days.upkeep()).to.deep.equal({ dropped: 0 });
        moving.advance(2 * DAY_MS);
        expect(await site.days.upkeep()).to.deep.equal({ dropped: 1 });
        expect((await site.log(id)).map(({ at }) => at)).to.deep.equal([NOW]);
        expect(site.days.within(0, NOW + 9 * DAY_MS)[0]).to.equal('20261125');
        const [fate] = await site.take([event(NOW - 3 * DAY_MS)]);
        expect(fate).to.include({ reason: 'too-old' });
        await site.close();
      } finally {
        await opened.close();
      }
    }).timeout(60_000);
  }

  it('has days in UTC', () => {
    for (const at of [0, 951_782_400_000, Date.UTC(2024, 1, 29, 23, 59, 59, 999), NOW]) {
      const day = dayOf(at);
      expect(startOf(day))
        .to.be.at.most(at)
        .and.to.be.greaterThan(at - DAY_MS);
      expect(dayOf(startOf(day) + DAY_MS - 1)).to.equal(day);
    }
  });
});
