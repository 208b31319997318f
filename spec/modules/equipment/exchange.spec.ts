import { expect } from 'chai';
import { newUuid } from '../../../src/kernel/ids.js';
import type { Task } from '../../../src/modules/tasks/index.js';
import { DATABASES } from '../../support/databases.js';
import type { OpenedDatabase } from '../../support/databases.js';
import { PARAMETERS, PASSWORD } from '../../support/equipment-client.js';
import { freePort, provisioningService } from '../../support/provisioning-service.js';
import type { ProvisioningFixture } from '../../support/provisioning-service.js';
import { waitFor } from '../../support/wait-for.js';
import { MIGRATIONS, NAMES, startSite } from './site.js';
import type { Site, SiteOptions } from './site.js';

for (const kind of DATABASES) {
  describe(`The exchange with configurators on ${kind.name}`, () => {
    let opened: OpenedDatabase;
    let provisioning: ProvisioningFixture;
    const sites: Site[] = [];

    beforeEach(async () => {
      opened = await kind.open();
      await opened.db.migrate(MIGRATIONS);
      provisioning = await provisioningService();
    });

    afterEach(async () => {
      await Promise.all(sites.splice(0).map((site) => site.stop(0)));
      await provisioning.stop();
      await opened.close();
    });

    async function started(over: Partial<SiteOptions> = {}): Promise<Site> {
      const site = await startSite({ db: opened.db, url: provisioning.url, ...over });
      sites.push(site);
      return site;
    }

    function ended(site: Site, { id }: Pick<Task, 'id'>, timeoutMs = 20_000): Promise<Task> {
      const probe = async (): Promise<Task | undefined> => {
        const task = await site.tasks.get(id);
        return task && task.endedAt !== null ? task : undefined;
      };
      return waitFor('the end of a task', probe, { timeoutMs });
    }

    /** A configurator that takes messages and says nothing. */
    function taker(site: Site): Record<string, unknown>[] {
      const taken: Record<string, unknown>[] = [];
      const stop = site.broker.consume({ queue: NAMES.configureQueue, prefetch: 10 }, ({ body }) => {
        taken.push(JSON.parse(body.toString()) as Record<string, unknown>);
        return { kind: 'taken' };
      });
      void stop;
      return taken;
    }

    it('hands the next task of a device over when the one before has ended, whoever configures', async () => {
      const site = await started({ configurator: false });
      const taken = taker(site);
      const tasks = [await site.configure('cpe000001'), await site.configure('cpe000001')];
      const other = await site.configure('cpe000002', { expiresAt: Date.now() + 60_000 });
      await waitFor('two messages', () => taken.length === 2);
      expect(taken.map(({ task_id }) => task_id)).to.have.members([tasks[0]!.id, other.id]);
      expect(taken.find(({ task_id }) => task_id === tasks[0]!.id)).to.deep.equal({
        ...{ task_id: tasks[0]!.id, equipment_id: 'cpe000001', timeoutInSeconds: 5, parameters: PARAMETERS },
      });
      expect(taken.find(({ task_id }) => task_id === other.id)).to.have.property('expires_at');
      await site.tell({ task_id: tasks[0]!.id, equipment_id: 'cpe000001', code: 200, message: 'ok' });
      await waitFor('the next', () => taken.length === 3);
      expect(taken[2]).to.include({ task_id: tasks[1]!.id });
      await site.tell({ task_id: tasks[1]!.id, equipment_id: 'cpe000001', code: 404, message: 'who?' });
      await site.tell({
        task_id: other.id,
        equipment_id: 'cpe000002',
        code: 500,
        message: `no: ${PASSWORD}`,
      });
      expect(await ended(site, tasks[0]!)).to.include({ state: 'completed' });
      expect(await ended(site, tasks[1]!)).to.include({ state: 'error', errorCode: 'equipment.not-found' });
      expect(await ended(site, other)).to.include({
        errorCode: 'equipment.failed',
        errorMessage: 'no: [redacted]',
      });
    });

    it('counts one answer of a task; later ones change nothing, and strange ones are dead letters', async () => {
      const site = await started({ configurator: false });
      const taken = taker(site);
      const task = await site.configure('cpe000001');
      const waiting = await site.configure('cpe000001');
      await waitFor('the message', () => taken.length === 1);
      const answer = { task_id: task.id, equipment_id: 'cpe000001', code: 200, message: 'Completed' };
      const strange = [
        'no JSON',
        '[]',
        { ...answer, code: 204 },
        { ...answer, task_id: 7 },
        { ...answer, task_id: newUuid(Date.now()) },
        { ...answer, task_id: 'theirs' },
        { ...answer, equipment_id: 'cpe000002' },
        { ...answer, task_id: waiting.id },
      ];
      for (const content of strange) await site.tell(content);
      await site.tell(answer);
      const first = await ended(site, task);
      for (const code of [200, 404, 500]) await site.tell({ ...answer, code });
      await waitFor('the late ones', () => site.fates.filter((fate) => fate.startsWith('late')).length === 3);
      expect(await site.tasks.get(task.id)).to.deep.equal(first);
      const letters = await site.letters.list({ limit: 100 });
      expect(letters.map(({ reason }) => reason).sort()).to.deep.equal(
        [
          ...['invalid-json', 'not-an-object', 'invalid-answer', 'invalid-answer', 'unknown-task'],
          ...['unknown-task', 'wrong-equipment', 'not-handed-over'],
        ].sort(),
      );
    });

    it('keeps the password sealed in task, outbox, queue and job, and drops it with the end', async () => {
      const off = await started({ configurator: false });
      const task = await off.configure('cpe000001');
      await waitFor('the message', async () => (await rows('broker_messages')).length === 1);
      await expectSealed();
      await off.stop(0);
      sites.splice(sites.indexOf(off), 1);
      const site = await started({ url: `http://127.0.0.1:${await freePort()}`, owner: 'after' });
      await waitFor('the job', async () => (await rows('equipment_jobs')).length === 1);
      await expectSealed();
      expect((await site.tasks.get(task.id))?.payload).to.match(/"password":"s1\.spec\./);
      await site.tasks.cancel((await site.tasks.get(task.id))!, 'a spec');
      expect((await site.tasks.get(task.id))?.payload).to.contain('"password":null');
      await waitFor('the job to go', async () => !dumped(await rows('equipment_jobs')).includes(task.id));
    });

    async function expectSealed(): Promise<void> {
      for (const table of ['tasks', 'equipment_jobs', 'broker_outbox', 'broker_messages', 'events']) {
        expect(dumped(await rows(table)), table).to.not.contain(PASSWORD);
      }
    }

    async function rows(table: string): Promise<object[]> {
      return opened.db.schema<Record<string, object>>().selectFrom(table).selectAll().execute();
    }

    function dumped(found: readonly object[]): string {
      return JSON.stringify(found, (_key, value: unknown) =>
        value instanceof Uint8Array || (value as { type?: string } | null)?.type === 'Buffer'
          ? Buffer.from(value as Uint8Array).toString('latin1')
          : value,
      );
    }

    it('keeps a message that is no valid job as a dead letter, sealed', async () => {
      const site = await started();
      const invalid = { task_id: 't', equipment_id: 'x', timeoutInSeconds: 5, parameters: PARAMETERS };
      await site.broker.publish({
        ...{ exchange: NAMES.exchange, routingKey: NAMES.configureKey, messageId: 'm1', timestampMs: 0 },
        body: Buffer.from(JSON.stringify(invalid)),
      });
      const [letter] = await waitFor('the letter', async () => {
        const found = await site.letters.list({ limit: 10 });
        return found.length > 0 && found;
      });
      expect(letter).to.include({ reason: 'invalid-job', source: 'to_configure' });
      const whole = await site.letters.get(letter!.id);
      expect(whole?.properties.sealed).to.equal(true);
      expect(whole?.body?.toString()).to.match(/^s1\./);
      expect(dumped(await rows('dead_letters'))).to.not.contain(PASSWORD);
    });

    it('tries again what did not reach the service, fails nothing by it, and goes on when that is back', async () => {
      const port = await freePort();
      const site = await started({ url: `http://127.0.0.1:${port}` });
      const tasks = await Promise.all(
        Array.from({ length: 12 }, (_, i) => site.configure(`cpe0000${10 + i}`)),
      );
      await waitFor('the breaker', () => site.equipment.parts().provisioning.status === 'degraded');
      expect(site.equipment.parts().provisioning.detail).to.contain('ECONNREFUSED');
      for (const { id } of tasks) expect(await site.tasks.get(id)).to.include({ endedAt: null });
      const back = await provisioningService({ port });
      try {
        for (const task of tasks) expect(await ended(site, task, 30_000)).to.include({ state: 'completed' });
        expect(site.equipment.parts().provisioning).to.deep.equal({ status: 'ok' });
        expect(back.counts()).to.include({ requests: 12, twoAtOnce: 0 });
      } finally {
        await site.stop();
        sites.splice(sites.indexOf(site), 1);
        await back.stop();
      }
    });

    it('never sends what expired, was cancelled or superseded while the service was away', async () => {
      const port = await freePort();
      const site = await started({ url: `http://127.0.0.1:${port}` });
      const expiring = await site.configure('cpe000001', { expiresAt: Date.now() + 1_500 });
      const cancelled = await site.configure('cpe000002');
      const replaced = await site.configure('cpe000003');
      await waitFor('the jobs', async () => (await rows('equipment_jobs')).length === 3);
      await site.tasks.cancel((await site.tasks.get(cancelled.id))!, 'a spec');
      const newer = await site.configure('cpe000003', { supersede: true });
      expect(await ended(site, expiring)).to.include({ errorCode: 'equipment.expired' });
      expect(await ended(site, replaced)).to.include({ errorCode: 'equipment.superseded' });
      const back = await provisioningService({ port });
      try {
        expect(await ended(site, newer, 30_000)).to.include({ state: 'completed' });
        expect(back.seen.map(({ id }) => id)).to.deep.equal(['cpe000003']);
      } finally {
        await site.stop();
        sites.splice(sites.indexOf(site), 1);
        await back.stop();
      }
    });

    it('ends calls that a stop broke off as unknown, and leaves their device alone for the call’s time', async () => {
      const site = await started();
      const task = await site.configure('hang000001', { timeoutInSeconds: 4 });
      await waitFor('the call', () => provisioning.seen.length === 1);
      const next = await site.configure('hang000001', { timeoutInSeconds: 1 });
      await site.stop(0);
      sites.splice(sites.indexOf(site), 1);
      const after = await started({ owner: 'after' });
      expect(await ended(after, task)).to.include({ errorCode: 'equipment.outcome-unknown' });
      expect(await ended(after, next)).to.include({ errorCode: 'equipment.timed-out' });
      expect(provisioning.seen).to.have.length(2);
      expect(provisioning.seen[1]!.at - provisioning.seen[0]!.at).to.be.greaterThan(3_900);
    });

    it('gives back what it had taken, when another configurator is to take over', async () => {
      const site = await started({ url: `http://127.0.0.1:${await freePort()}` });
      const tasks = await Promise.all(['cpe000001', 'cpe000002'].map((id) => site.configure(id)));
      await waitFor('the jobs', async () => (await rows('equipment_jobs')).length === 2);
      await site.stop(0);
      sites.splice(sites.indexOf(site), 1);
      const after = await started({ owner: 'after', configurator: false });
      const taken = taker(after);
      await waitFor('both', () => taken.length === 2, { timeoutMs: 20_000 });
      expect(taken.map(({ task_id }) => task_id)).to.have.members(tasks.map(({ id }) => id));
      for (const { parameters } of taken) expect(parameters).to.deep.equal(PARAMETERS);
      expect(after.equipment.parts().provisioning.detail).to.contain('another configurator');
    });

    it('tells of each ending under its device', async () => {
      const site = await started();
      const [good, bad] = [await site.configure('cpe000001'), await site.configure('gone000001')];
      await Promise.all([ended(site, good), ended(site, bad)]);
      const found = await waitFor('the events', async () => {
        const all = (await site.events.read(0, 1_000)).filter(({ type }) => type.startsWith('equipment.'));
        return all.length === 2 && all;
      });
      const told = found.map(({ type, subject, data }) => [
        type,
        subject,
        (JSON.parse(data) as { code: number }).code,
      ]);
      expect(told).to.have.deep.members([
        ['equipment.configured', 'equipment/cpe000001', 200],
        ['equipment.configuration-failed', 'equipment/gone000001', 404],
      ]);
    });
  });
}
