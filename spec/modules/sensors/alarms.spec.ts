import { expect } from 'chai';
import { createAlarmRulesApi } from '../../../src/modules/sensors/alarms/alarm-rules-api.js';
import type { RuleFields } from '../../../src/modules/sensors/alarms/alarm-rules-api.js';
import { createAlarmRulesRepository } from '../../../src/modules/sensors/alarms/alarm-rules.repository.js';
import { createAlarmsApi } from '../../../src/modules/sensors/alarms/alarms-api.js';
import { createAlarmsRepository } from '../../../src/modules/sensors/alarms/alarms.repository.js';
import { createAlarmWatch } from '../../../src/modules/sensors/alarms/watch-alarms.js';
import { createWatchesRepository } from '../../../src/modules/sensors/alarms/watches.repository.js';
import { appErrorOf } from '../../support/failure-of.js';
import { ManualClock } from '../../support/manual-clock.js';
import { onEachDatabase } from './sensors-site.js';
import type { SensorsSite } from './sensors-site.js';

const clock = new ManualClock(Date.UTC(2026, 10, 21, 12));

const RULE: Omit<RuleFields, 'condition'> = {
  ...{ name: 'spec', severity: 'major', statuses: null, changes: null, within_s: null, for_s: 0 },
  ...{ client_id: null, sensor_id: null, kind: null, enabled: true },
};

/** What happens in the middle of a look, once. */
interface Meanwhile {
  beforeRules?: Act;
  afterRules?: Act;
  /** Before the sensors of a rule are looked at for what was so before it. */
  beforeSensors?: Act;
}

type Act = (() => Promise<unknown>) | undefined;

/** Rules and alarms as one process has them; nothing of it but the database outlives a call. */
function alarmsOf(site: SensorsSite, meanwhile: Meanwhile = {}) {
  const { db, events, clients, sensors } = site;
  const rules = createAlarmRulesRepository(db);
  const alarms = createAlarmsRepository(db);
  const watches = createWatchesRepository(db);
  const once = async (moment: keyof Meanwhile): Promise<void> => {
    const act = meanwhile[moment];
    meanwhile[moment] = undefined;
    await act?.();
    await events.settled();
  };
  const watch = createAlarmWatch({
    ...{ db, clock, events, alarms, mostRules: 100 },
    rules: {
      ...rules,
      async list(after, limit) {
        await once('beforeRules');
        const listed = await rules.list(after, limit);
        await once('afterRules');
        return listed;
      },
    },
    watches: {
      ...watches,
      async inScope(rule, limit) {
        await once('beforeSensors');
        return watches.inScope(rule, limit);
      },
    },
  });
  return {
    rules: createAlarmRulesApi({ db, clock, events, rules, clients, sensors, mostRules: 100 }),
    api: createAlarmsApi({ db, clock, events, alarms }),
    async look(): Promise<void> {
      await events.settled();
      while (await watch.look());
    },
  };
}

describe('Alarms', () => {
  onEachDatabase((site) => {
    const ours = (meanwhile?: Meanwhile) => alarmsOf(site(), meanwhile);
    const say = async (sensorId: string, ...statuses: string[]): Promise<void> => {
      for (const status of statuses) {
        clock.advance(1);
        await site().take([{ sensorId, status, at: clock.now(), payload: null }]);
      }
    };
    const listed = async (sensorId: string): Promise<string[]> =>
      (await ours().api.list({ sensorId }, undefined, 100)).map(
        ({ ruleName, clearedAt }) => `${ruleName} ${clearedAt === null ? 'active' : 'cleared'}`,
      );
    before(() => ours().look());

    it('are raised once for a sensor and a rule, and cleared when it is so no longer, each with its event', async () => {
      const sensor = await site().newSensor();
      const other = await site().newSensor(undefined, { kind: 'window' });
      await ours().rules.create(
        { ...RULE, condition: 'status', statuses: ['bad', 'worse'], kind: 'door' },
        'spec',
      );
      const position = await site().events.settled();
      await say(sensor.id, 'good', 'bad', 'worse');
      await say(other.id, 'bad');
      await ours().look();
      expect(await listed(sensor.id)).to.deep.equal(['spec active']);
      expect(await listed(other.id)).to.deep.equal([]);
      await say(sensor.id, 'good');
      await ours().look();
      await ours().look();
      expect(await listed(sensor.id)).to.deep.equal(['spec cleared']);
      await say(sensor.id, 'bad', 'good', 'bad');
      await ours().look();
      expect(await listed(sensor.id)).to.deep.equal(['spec active', 'spec cleared', 'spec cleared']);
      const told = (await site().told(position)).filter(({ subject }) => subject === `sensors/${sensor.id}`);
      expect(told.map(({ type }) => type).filter((type) => type !== 'sensor.status-changed')).to.deep.equal([
        ...['sensor.alarm-raised', 'sensor.alarm-cleared', 'sensor.alarm-raised'],
        ...['sensor.alarm-cleared', 'sensor.alarm-raised'],
      ]);
      const raised = told.find(({ type }) => type === 'sensor.alarm-raised')!;
      expect(JSON.parse(raised.data)).to.include({
        ...{ sensor_id: sensor.id, client_id: sensor.clientId, severity: 'major', active: true },
      });
    });

    it('wait for their time, also over a restart, and count from when it began', async () => {
      const sensor = await site().newSensor(undefined, { kind: 'wait' });
      const rule = await ours().rules.create(
        { ...RULE, name: 'slow', condition: 'status', statuses: ['bad'], kind: 'wait', for_s: 60 },
        'spec',
      );
      await ours().look();
      await say(sensor.id, 'bad');
      await ours().look();
      clock.advance(59_000);
      await ours().look();
      expect(await listed(sensor.id)).to.deep.equal([]);
      clock.advance(1_000);
      await ours().look();
      expect(await listed(sensor.id)).to.deep.equal(['slow active']);
      await say(sensor.id, 'good', 'bad', 'good');
      await ours().look();
      clock.advance(120_000);
      await ours().look();
      expect(await listed(sensor.id)).to.deep.equal(['slow cleared']);
      await ours().rules.remove(rule);
    });

    it('are raised for what was so before their rule, and cleared with it', async () => {
      const sensor = await site().newSensor(undefined, { kind: 'before' });
      await say(sensor.id, 'bad');
      clock.advance(100_000);
      const fields: RuleFields = {
        ...RULE,
        condition: 'status',
        statuses: ['bad'],
        kind: 'before',
        for_s: 90,
      };
      const rule = await ours().rules.create(fields, 'spec');
      await ours().look();
      expect(await listed(sensor.id)).to.deep.equal(['spec active']);
      const renamed = await ours().rules.update(rule, { ...fields, name: 'renamed' });
      await ours().look();
      expect(await listed(sensor.id)).to.deep.equal(['spec active']);
      const off = await ours().rules.update(renamed, { ...fields, name: 'renamed', enabled: false });
      await ours().look();
      expect(await listed(sensor.id)).to.deep.equal(['spec cleared']);
      const on = await ours().rules.update(off, { ...fields, name: 'renamed' });
      await ours().look();
      expect(await listed(sensor.id)).to.deep.equal(['renamed active', 'spec cleared']);
      await ours().rules.remove(on);
      await ours().look();
      expect(await listed(sensor.id)).to.deep.equal(['renamed cleared', 'spec cleared']);
    });

    describe('of a rule that is made or changed while statuses change', () => {
      const BAD: RuleFields = { ...RULE, condition: 'status', statuses: ['bad'] };
      const make = (kind: string, fields: Partial<RuleFields> = {}) =>
        ours().rules.create({ ...BAD, kind, ...fields }, 'spec');

      it('are not raised by a change before it that is followed later', async () => {
        const [good, bad] = [
          await site().newSensor(undefined, { kind: 'past' }),
          await site().newSensor(undefined, { kind: 'past' }),
        ];
        await say(good.id, 'bad', 'good', 'bad', 'good');
        await say(bad.id, 'bad', 'good', 'bad');
        const rule = await make('past');
        await ours().look();
        expect(await listed(good.id)).to.deep.equal([]);
        expect(await listed(bad.id)).to.deep.equal(['spec active']);
        await say(good.id, 'bad', 'good');
        await say(bad.id, 'good', 'bad', 'good');
        await ours().rules.update(rule, { ...BAD, kind: 'past', severity: 'minor' });
        await ours().look();
        expect(await listed(good.id)).to.deep.equal([]);
        expect(await listed(bad.id)).to.deep.equal(['spec cleared']);
      });

      it('are raised and cleared by each change after it, also where that comes while it is looked back', async () => {
        const sensor = await site().newSensor(undefined, { kind: 'moving' });
        await say(sensor.id, 'good');
        await make('moving');
        await ours({ beforeSensors: () => say(sensor.id, 'fair', 'bad') }).look();
        await ours().look();
        expect(await listed(sensor.id)).to.deep.equal(['spec active']);
        const short = await site().newSensor(undefined, { kind: 'short' });
        await say(short.id, 'good');
        const makeAndChange = async (): Promise<void> => {
          await make('short');
          await say(short.id, 'bad', 'good');
        };
        await ours({ afterRules: makeAndChange }).look();
        await ours().look();
        expect(await listed(short.id)).to.deep.equal(['spec cleared']);
      });

      it('are looked back for once the log is followed to where it was made', async () => {
        const sensors = await Promise.all(
          [1, 2, 3].map(() => site().newSensor(undefined, { kind: 'backlog' })),
        );
        await say(sensors[0]!.id, ...Array.from({ length: 601 }, (_, n) => (n % 2 === 0 ? 'bad' : 'good')));
        await say(sensors[1]!.id, ...Array.from({ length: 100 }, (_, n) => (n % 2 === 0 ? 'bad' : 'good')));
        await say(sensors[2]!.id, 'bad');
        await make('backlog');
        await say(sensors[1]!.id, 'bad', 'good');
        await ours().look();
        expect(await listed(sensors[0]!.id)).to.deep.equal(['spec active']);
        expect(await listed(sensors[1]!.id)).to.deep.equal(['spec cleared']);
        expect(await listed(sensors[2]!.id)).to.deep.equal(['spec active']);
      });

      it('are raised anew by its new revision, whenever in a look it is changed', async () => {
        const sensor = await site().newSensor(undefined, { kind: 'revised' });
        await say(sensor.id, 'bad');
        const rule = await make('revised');
        await ours().look();
        const revise = () =>
          ours().rules.update(rule, { ...BAD, kind: 'revised', name: 'revised', severity: 'critical' });
        await ours({ beforeRules: revise }).look();
        await ours().look();
        expect(await listed(sensor.id)).to.deep.equal(['revised active', 'spec cleared']);
      });
    });

    it('tell of silence, of sensors that never said anything too, and end when one is heard', async () => {
      const sensor = await site().newSensor(undefined, { kind: 'quiet' });
      await ours().rules.create(
        { ...RULE, name: 'silent', condition: 'silent', for_s: 600, kind: 'quiet' },
        'spec',
      );
      clock.advance(599_000);
      await ours().look();
      expect(await listed(sensor.id)).to.deep.equal([]);
      clock.advance(1_000);
      await ours().look();
      await ours().look();
      expect(await listed(sensor.id)).to.deep.equal(['silent active']);
      await say(sensor.id, 'here');
      await ours().look();
      expect(await listed(sensor.id)).to.deep.equal(['silent cleared']);
    });

    it('tell of flapping, until it has calmed down', async () => {
      const sensor = await site().newSensor(undefined, { kind: 'flap' });
      await ours().rules.create(
        { ...RULE, name: 'flap', condition: 'flapping', changes: 4, within_s: 10, kind: 'flap' },
        'spec',
      );
      await say(sensor.id, 'a', 'b', 'a');
      await ours().look();
      expect(await listed(sensor.id)).to.deep.equal([]);
      await say(sensor.id, 'b');
      await ours().look();
      expect(await listed(sensor.id)).to.deep.equal(['flap active']);
      clock.advance(10_001);
      await ours().look();
      expect(await listed(sensor.id)).to.deep.equal(['flap cleared']);
    });

    it('are acknowledged once, active or cleared, by name', async () => {
      const sensor = await site().newSensor();
      await say(sensor.id, 'bad');
      await ours().look();
      const [alarm] = await ours().api.list({ sensorId: sensor.id, acknowledged: false }, undefined, 10);
      const position = await site().events.settled();
      const acknowledged = await ours().api.acknowledge(alarm!, 'olga', 'on my way');
      expect(acknowledged).to.include({
        acknowledgedBy: 'olga',
        note: 'on my way',
        clearedAt: null,
        version: 2,
      });
      expect(await appErrorOf(ours().api.acknowledge(acknowledged, 'ivan', null))).to.include({
        code: 'alarms.acknowledged',
      });
      expect(await appErrorOf(ours().api.acknowledge(alarm!, 'ivan', null))).to.include({ kind: 'conflict' });
      expect((await site().told(position)).map(({ type }) => type)).to.deep.equal([
        'sensor.alarm-acknowledged',
      ]);
      await say(sensor.id, 'good');
      await ours().look();
      expect(await ours().api.list({ sensorId: sensor.id, active: true }, undefined, 10)).to.deep.equal([]);
      const [cleared] = await ours().api.list({ sensorId: sensor.id, acknowledged: true }, undefined, 10);
      expect(cleared).to.include({ acknowledgedBy: 'olga', version: 3 });
    });

    it('end with their sensor', async () => {
      const sensor = await site().newSensor();
      await say(sensor.id, 'bad');
      await ours().look();
      expect(await listed(sensor.id)).to.deep.equal(['spec active']);
      await site().sensors.remove(await site().sensors.require(sensor.id));
      await ours().look();
      expect(await listed(sensor.id)).to.deep.equal(['spec cleared']);
    });

    it('are looked after by two at once without one too many', async () => {
      const sensors = await Promise.all([1, 2, 3, 4].map(() => site().newSensor()));
      for (const { id } of sensors) await say(id, 'bad', 'good', 'bad');
      await site().events.settled();
      await Promise.allSettled([ours().look(), ours().look(), ours().look()]);
      await ours().look();
      for (const { id } of sensors) expect(await listed(id)).to.deep.equal(['spec active', 'spec cleared']);
    });

    it('have rules that make sense', async () => {
      const faults = async (fields: Partial<RuleFields>): Promise<string[]> => {
        const made = ours().rules.create(
          { ...RULE, condition: 'status', statuses: ['a'], ...fields },
          'spec',
        );
        return (await appErrorOf(made)).errors.map(({ pointer }) => pointer);
      };
      expect(await faults({ statuses: null })).to.deep.equal(['/statuses']);
      expect(await faults({ statuses: ['a b'] })).to.deep.equal(['/statuses/0']);
      expect(await faults({ condition: 'silent' })).to.deep.equal(['/statuses', '/for_s']);
      expect(await faults({ condition: 'flapping', for_s: 1 })).to.have.members([
        ...['/statuses', '/changes', '/within_s', '/for_s'],
      ]);
      expect(await faults({ sensor_id: 'x', client_id: 'y' })).to.deep.equal(['/client_id', '/sensor_id']);
    });
  }, clock);
});
