import { expect } from 'chai';
import { AppError } from '../../../src/kernel/errors.js';
import type { BatchesSchema } from '../../../src/modules/equipment/batches/batches.schema.js';
import { failureOf } from '../../support/failure-of.js';
import { PARAMETERS, PASSWORD, batchesOnEachDatabase, deviceIds } from './batches-bench.js';

describe('batches of devices', function () {
  this.timeout(60_000);

  batchesOnEachDatabase((bench) => {
    it('configures every device once, with shared or own parameters, and says what became of each', async () => {
      const batches = bench().start();
      const [first, second, ...others] = deviceIds(60) as [string, string, ...string[]];
      const devices = [
        { id: first, parameters: { password: 'its-own', vlan: 7 } },
        { id: second, parameters: { vlan: null } },
        ...others,
      ];
      const { id, state, counts } = await bench().create(batches, {
        devices,
        parameters: PARAMETERS,
        canary: 0,
      });
      expect([state, counts.waiting]).to.deep.equal(['running', 60]);
      const ended = await bench().until(batches, id, (batch) => batch.state === 'completed');
      expect(ended.counts).to.deep.equal({ waiting: 0, running: 0, completed: 60, failed: 0, cancelled: 0 });
      const { configured } = bench();
      expect(configured.map((one) => one.id).sort()).to.deep.equal([first, second, ...others]);
      expect(configured.find((one) => one.id === first)).to.deep.equal({
        id: first,
        password: 'its-own',
        vlan: 7,
      });
      expect(configured.find((one) => one.id === second)).to.deep.equal({
        id: second,
        password: PASSWORD,
        vlan: null,
      });
      const items = await bench().items(batches, id);
      expect(
        items.every(
          ({ state, attempts, code, taskId }) =>
            state === 'completed' && attempts === 1 && code === 200 && taskId,
        ),
      ).to.equal(true);
    });

    it('keeps no password in the clear, and none at all once it has ended', async () => {
      const batches = bench().start();
      bench().isHolding = true;
      const devices = [{ id: 'device1', parameters: { password: 'its-own-secret' } }, 'device2', 'device3'];
      const { id } = await bench().create(batches, {
        devices,
        parameters: PARAMETERS,
        canary: 0,
        in_flight: 1,
      });
      await bench().until(batches, id, ({ counts }) => counts.running === 1);
      const meanwhile = await bench().everything();
      expect(meanwhile).to.not.include(PASSWORD).and.not.include('its-own-secret');
      bench().answers.set('device2', [500]);
      bench().letGo();
      await bench().until(batches, id, ({ state }) => state === 'completed');
      const rows = await bench()
        .db.schema<{ equipment_batch_items: { secret: string | null } }>()
        .selectFrom('equipment_batch_items')
        .select('secret')
        .execute();
      expect(rows.map(({ secret }) => secret)).to.deep.equal([null, null, null]);
      const [batch] = await bench()
        .db.schema<{ equipment_batches: { secret: string | null } }>()
        .selectFrom('equipment_batches')
        .select('secret')
        .execute();
      expect(batch!.secret).to.equal(null);
    });

    it('has the canary first, and nothing else before that has ended well', async () => {
      const batches = bench().start();
      bench().isHolding = true;
      const ids = deviceIds(30);
      const { id } = await bench().create(batches, { devices: ids, parameters: PARAMETERS, canary: 3 });
      const held = await bench().until(batches, id, ({ counts }) => counts.running > 0);
      expect([held.counts.running, held.canaryPassed]).to.deep.equal([3, false]);
      bench().letGo();
      const ended = await bench().until(batches, id, ({ state }) => state === 'completed');
      expect(ended.canaryPassed).to.equal(true);
      expect(
        bench()
          .configured.slice(0, 3)
          .map((one) => one.id)
          .sort(),
      ).to.deep.equal(ids.slice(0, 3));
    });

    it('stops where the canary fails, touches no other device, and goes on when somebody has looked', async () => {
      const batches = bench().start();
      const ids = deviceIds(30);
      bench().answers.set(ids[1]!, [500]);
      const { id } = await bench().create(batches, { devices: ids, parameters: PARAMETERS, canary: 3 });
      const stopped = await bench().until(
        batches,
        id,
        ({ state, counts }) => state === 'stopped' && counts.running === 0,
      );
      expect(stopped.reason).to.equal('1 of the first 3 devices failed');
      expect(bench().configured.length).to.be.at.most(3);
      const resumed = await batches.api.act(id, 'resume', { name: 'olga', reason: 'known' });
      expect([resumed.state, resumed.changedBy]).to.deep.equal(['running', 'olga']);
      const ended = await bench().until(batches, id, ({ state }) => state === 'completed');
      expect(ended.counts).to.include({ completed: 29, failed: 1 });
      const types = (await bench().events('equipment.batch', 4)).map(({ type }) => type);
      expect(types).to.deep.equal(
        ['started', 'stopped', 'resumed', 'completed'].map((end) => `equipment.batch-${end}`),
      );
    });

    it('stops at its share of failures, and not before', async () => {
      const batches = bench().start();
      const ids = deviceIds(100);
      for (const id of ids) bench().answers.set(id, [Number(id.slice(-2)) < 20 ? 200 : 500]);
      const body = {
        devices: ids,
        parameters: PARAMETERS,
        canary: 0,
        in_flight: 5,
        stop_at_failure_share: 0.3,
      };
      const { id } = await bench().create(batches, body);
      const stopped = await bench().until(
        batches,
        id,
        ({ state, counts }) => state === 'stopped' && counts.running === 0,
      );
      expect(stopped.reason).to.match(/^\d+ of \d+ devices failed$/);
      expect(stopped.counts.failed).to.be.within(9, 20);
      expect(stopped.counts.waiting).to.be.above(50);
    });

    it('tries failed devices again after all others, and never one that is not known', async () => {
      const batches = bench().start();
      const ids = deviceIds(20);
      bench().answers.set(ids[0]!, [500, 500, 200]);
      bench().answers.set(ids[1]!, [404]);
      bench().answers.set(ids[2]!, [500, 500, 500, 200]);
      const { id } = await bench().create(batches, {
        devices: ids,
        parameters: PARAMETERS,
        canary: 0,
        max_attempts: 3,
        in_flight: 5,
        stop_at_failure_share: 1,
      });
      const ended = await bench().until(batches, id, ({ state }) => state === 'completed');
      expect(ended.counts).to.include({ completed: 18, failed: 2 });
      const items = await bench().items(batches, id);
      expect(items.slice(0, 3).map(({ state, attempts, code }) => [state, attempts, code])).to.deep.equal([
        ['completed', 3, 200],
        ['failed', 1, 404],
        ['failed', 3, 500],
      ]);
      expect(
        bench()
          .configured.map((one) => one.id)
          .slice(0, 20)
          .sort(),
      ).to.deep.equal(ids);
    });

    it('gives failed devices their turn again when told to, while it has not ended', async () => {
      const batches = bench().start();
      const ids = deviceIds(12);
      for (const id of ids.slice(0, 4)) bench().answers.set(id, [500, 200]);
      const { id } = await bench().create(batches, { devices: ids, parameters: PARAMETERS, canary: 4 });
      await bench().until(batches, id, ({ state, counts }) => state === 'stopped' && counts.running === 0);
      await batches.api.act(id, 'retry', { name: 'olga', reason: null });
      await batches.api.act(id, 'resume', { name: 'olga', reason: null });
      const ended = await bench().until(batches, id, ({ state }) => state === 'completed');
      expect(ended.counts).to.include({ completed: 12, failed: 0 });
      const refused = await failureOf(batches.api.act(id, 'retry', { name: 'olga', reason: null }));
      expect((refused as AppError).code).to.equal('equipment.batch-ended');
    });

    it('pauses: takes back what has not begun, lets go on what has, and goes on where it was', async () => {
      const batches = bench().start();
      bench().isHolding = true;
      const { id } = await bench().create(batches, {
        devices: deviceIds(100),
        parameters: PARAMETERS,
        canary: 0,
        in_flight: 80,
      });
      await bench().until(batches, id, ({ counts }) => counts.running === 80);
      const begun = await bench().ledger.pass(
        '50 in work',
        200,
        () => bench().ledger.api.load().running === 50,
      );
      expect(begun).to.equal(true);
      await batches.api.act(id, 'pause', { name: 'olga', reason: 'lunch' });
      const paused = await bench().until(batches, id, ({ counts }) => counts.running === 50);
      expect([paused.state, paused.reason, paused.counts.waiting]).to.deep.equal(['paused', 'lunch', 50]);
      bench().letGo();
      await bench().until(batches, id, ({ counts }) => counts.completed === 50);
      expect(bench().configured.length).to.equal(50);
      await batches.api.act(id, 'resume', { name: 'olga', reason: null });
      const ended = await bench().until(batches, id, ({ state }) => state === 'completed');
      expect(ended.counts.completed).to.equal(100);
      expect(new Set(bench().configured.map((one) => one.id)).size).to.equal(bench().configured.length);
      const items = await bench().items(batches, id);
      expect(items.every(({ attempts }) => attempts === 1)).to.equal(true);
    });

    it('cancels: what waits ends at once, what is in work as it will, and it then ends', async () => {
      const batches = bench().start();
      bench().isHolding = true;
      const { id } = await bench().create(batches, {
        devices: deviceIds(2_500),
        parameters: PARAMETERS,
        canary: 0,
        in_flight: 60,
      });
      await bench().until(batches, id, ({ counts }) => counts.running === 60);
      await bench().ledger.pass('50 in work', 200, () => bench().ledger.api.load().running === 50);
      const cancelling = await batches.api.act(id, 'cancel', { name: 'olga', reason: 'wrong list' });
      expect(cancelling.state).to.equal('cancelling');
      await bench().until(batches, id, ({ counts }) => counts.waiting === 0 && counts.running === 50);
      bench().letGo();
      const ended = await bench().until(batches, id, ({ state }) => state === 'cancelled');
      expect(ended.counts).to.include({ completed: 50, cancelled: 2_450 });
      expect([ended.reason, ended.changedBy]).to.deep.equal(['wrong list', 'olga']);
      expect((await bench().events('equipment.batch', 2)).map(({ type }) => type)).to.include(
        'equipment.batch-cancelled',
      );
    });

    it('goes on where it was after the process that kept it going is gone', async () => {
      const first = bench().start();
      bench().isHolding = true;
      const { id } = await bench().create(first, {
        devices: deviceIds(40),
        parameters: PARAMETERS,
        canary: 2,
        in_flight: 5,
      });
      await bench().until(first, id, ({ counts }) => counts.running === 2);
      await first.stop();
      bench().letGo();
      const second = bench().start();
      const ended = await bench().until(second, id, ({ state }) => state === 'completed');
      expect(ended.counts.completed).to.equal(40);
      expect(bench().configured.length).to.equal(40);
    });

    it('is one batch for calls with one key and body, and refuses another body', async () => {
      const batches = bench().make();
      const body = { devices: deviceIds(3), parameters: PARAMETERS };
      const key = { scope: 'olga', key: 'k-1' };
      const created = await Promise.all([1, 2, 3].map(() => bench().create(batches, body, key)));
      expect(new Set(created.map(({ id }) => id)).size).to.equal(1);
      const refused = await failureOf(bench().create(batches, { ...body, canary: 1 }, key));
      expect((refused as AppError).code).to.equal('equipment.idempotency-key-reused');
      expect((await batches.api.list({}, 10)).length).to.equal(1);
      const keys = bench().db.schema<BatchesSchema>().selectFrom('equipment_batch_keys').selectAll();
      for (const { body_hash } of await keys.execute()) expect(body_hash).to.match(/^h1\.spec\./);
    });

    it('takes no more than 20 batches that have not ended', async () => {
      const batches = bench().make();
      for (let n = 0; n < 20; n++)
        await bench().create(batches, { devices: [`device${n}`], parameters: PARAMETERS });
      const refused = await failureOf(
        bench().create(batches, { devices: ['device99'], parameters: PARAMETERS }),
      );
      expect(refused).to.include({ code: 'equipment.too-many-batches', kind: 'too-many' });
    });

    it('knows of each device when it was seen last and how that went, and keeps a note', async () => {
      const batches = bench().start();
      bench().answers.set('known2', [404]);
      const { id } = await bench().create(batches, {
        devices: ['known1', 'known2', 'other1'],
        parameters: PARAMETERS,
        canary: 0,
        stop_at_failure_share: 1,
      });
      await bench().until(batches, id, ({ state }) => state === 'completed');
      const { api } = bench().inventory;
      const results = async (filter: object): Promise<string[]> =>
        (await api.list(filter, 10)).map((device) => `${device.id} ${device.lastResult}`);
      expect(await results({})).to.deep.equal(['known1 completed', 'known2 not_found', 'other1 completed']);
      expect(await results({ prefix: 'known' })).to.deep.equal(['known1 completed', 'known2 not_found']);
      expect(await results({ result: 'not_found' })).to.deep.equal(['known2 not_found']);
      expect(await results({ batch: id, after: 'known2' })).to.deep.equal(['other1 completed']);
      const noted = await api.note('known2', { text: 'in the cellar', by: 'olga' }, () => undefined);
      expect(noted.version).to.equal(2);
      const again = await bench().create(batches, { devices: ['known2'], parameters: PARAMETERS });
      await bench().until(batches, again.id, ({ state }) => state === 'completed');
      expect(await api.require('known2')).to.include({
        tasks: 2,
        failures: 1,
        lastResult: 'completed',
        note: 'in the cellar',
        version: 3,
      });
      const { items } = await api.history('known2', undefined, 10);
      expect(items.map(({ state, createdBy }) => [state, createdBy])).to.deep.equal([
        ['completed', `batch:${again.id}`],
        ['error', `batch:${id}`],
      ]);
      const unknown = await failureOf(api.require('nobody'));
      expect((unknown as AppError).code).to.equal('equipment.device-not-found');
    });

    it('removes what is older than what is kept, and cancels what nobody went on with', async () => {
      const batches = bench().start({ keepMs: 3_600_000 });
      const old = await bench().create(batches, { devices: ['device1'], parameters: PARAMETERS });
      await bench().until(batches, old.id, ({ state }) => state === 'completed');
      const left = await bench().create(batches, {
        devices: ['device2'],
        parameters: PARAMETERS,
        in_flight: 1,
      });
      await batches.api.act(left.id, 'pause', { name: 'olga', reason: null });
      await bench().ledger.pass('the old one to be gone', 300_000, async () => {
        const failure = await batches.api.require(old.id).then(
          () => undefined,
          (error: unknown) => error as AppError,
        );
        return failure?.code === 'equipment.batch-removed';
      });
      const cancelled = await bench().ledger.pass('the other one to be cancelled', 60_000, async () => {
        const [batch] = await batches.api.list({}, 1);
        return batch === undefined || batch.state === 'cancelled';
      });
      expect(cancelled).to.equal(true);
    });
  });
});
