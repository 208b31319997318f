import { expect } from 'chai';
import { sql } from 'kysely';
import { addSensorJobs } from '../../../src/modules/sensors/sensor-jobs.js';
import type { SensorJob } from '../../../src/modules/sensors/sensor-jobs.js';
import { SENSORS_CHANGED } from '../../../src/modules/sensors/registry/sensors-api.js';
import { onEachDatabase } from './sensors-site.js';

describe('What is remembered of sensors', () => {
  onEachDatabase((site) => {
    const event = (sensorId: string, at: number) => ({ sensorId, at, status: 'on', payload: null });

    it('is compared with the database on schedule; differences are counted and mended', async () => {
      const { db, known, clock } = site();
      const [deleted, off, same] = await Promise.all([1, 2, 3].map(() => site().newSensor()));
      await site().take([deleted!, off!, same!].map(({ id }) => event(id, clock.now())));
      // As by somebody who tells nobody.
      const tx = db.begin();
      const schema = db.schema();
      db.add(tx, sql`update sensors set deleted_at = 1 where id = ${deleted!.id}`.compile(schema));
      db.add(tx, sql`update sensors set enabled = 0 where id = ${off!.id}`.compile(schema));
      await db.commit(tx);
      const [wrong] = await site().take([event(deleted!.id, clock.now() + 1)]);
      expect(wrong!.kind, 'believed to be there').to.equal('logged');

      const jobs: SensorJob[] = [];
      let counted = 0;
      addSensorJobs({
        ...{ clock, known, days: site().days, schedule: { add: (job) => void jobs.push(job) } },
        trimKeys: () => Promise.resolve(),
        trimAlarms: () => Promise.resolve(0),
        onDifferences: (count) => (counted += count),
        config: { checkCron: '* * * * * *', idempotencyTtlMs: 1, keepDays: 1 },
      });
      const check = jobs.find(({ name }) => name === 'sensors-cache')!;
      expect(await check.run()).to.match(/compared, 2 mended/);
      expect(counted).to.equal(2);
      expect(await check.run()).to.match(/compared, 0 mended/);
      const fates = await site().take([deleted!, off!, same!].map(({ id }) => event(id, clock.now() + 2)));
      expect(fates.map((fate) => (fate.kind === 'refused' ? fate.reason : fate.kind))).to.deep.equal([
        ...['unknown-sensor', 'sensor-disabled', 'logged'],
      ]);
    });

    it('is forgotten at a word of a change', async () => {
      const { db, known, clock, sensors } = site();
      const stop = db.onNudge(SENSORS_CHANGED, () => known.forgetAll());
      const sensor = await site().newSensor();
      await site().take([event(sensor.id, clock.now())]);
      await sensors.update(sensor, { enabled: false });
      const [fate] = await site().take([event(sensor.id, clock.now() + 1)]);
      expect(fate).to.include({ reason: 'sensor-disabled' });
      stop();
    });
  });
});
