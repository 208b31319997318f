import { expect } from 'chai';
import { sql } from 'kysely';
import type { StoredEvent } from '../../../src/kernel/event.js';
import type { Database } from '../../../src/platform/db/database.js';
import type { EventLog } from '../../../src/kernel/event.js';
import { eventMigrations } from '../../../src/platform/events/events.migrations.js';
import { createEventLog } from '../../../src/platform/events/sql-event-log.js';
import { systemClock } from '../../../src/kernel/clock.js';
import { DATABASES } from '../../support/databases.js';
import type { OpenedDatabase } from '../../support/databases.js';
import { silentLog } from '../../support/silent-log.js';
import { waitFor } from '../../support/wait-for.js';

/** Reads as the live channel does: on each nudge, from where it was. */
function reader(log: EventLog): {
  seen: StoredEvent[];
  look: () => Promise<void>;
  stop: () => Promise<void>;
} {
  const seen: StoredEvent[] = [];
  let busy: Promise<void> = Promise.resolve();
  const look = (): Promise<void> =>
    (busy = busy.then(async () => {
      seen.push(...(await log.read(seen.at(-1)?.position ?? 0, 7)));
    }));
  const forget = log.onAppended(() => void look());
  const stop = (): Promise<void> => {
    forget();
    return busy;
  };
  return { seen, look, stop };
}

async function append(db: Database, log: EventLog, subject: string, count = 1): Promise<void> {
  const tx = db.begin();
  for (let n = 0; n < count; n++) log.append(tx, { type: 'thing.changed', subject, time: 1, data: `"${n}"` });
  await db.commit(tx);
}

for (const kind of DATABASES) {
  describe(`The event log on ${kind.name}`, () => {
    let opened: OpenedDatabase;
    const logs: EventLog[] = [];

    async function openLog(db: Database): Promise<EventLog> {
      const log = createEventLog({ db, clock: systemClock, log: silentLog });
      logs.push(log);
      await log.start();
      return log;
    }

    beforeEach(async () => {
      opened = await kind.open();
      await opened.db.migrate(eventMigrations);
    });
    afterEach(async () => {
      await Promise.all(logs.splice(0).map((log) => log.stop()));
      await opened.close();
    });

    it('numbers events from 1 without a gap, in the order of their transactions', async () => {
      const log = await openLog(opened.db);
      expect(await log.last()).to.equal(0);
      for (let n = 0; n < 5; n++) await append(opened.db, log, `things/${n}`, 2);
      await waitFor('all numbers', async () => (await log.last()) === 10);
      const events = await log.read(0, 100);
      expect(events.map(({ position }) => position)).to.deep.equal([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
      const subjects = [0, 0, 1, 1, 2, 2, 3, 3, 4, 4].map((n) => `things/${n}`);
      expect(events.map(({ subject }) => subject)).to.deep.equal(subjects);
      expect(await log.read(3, 2)).to.deep.equal(events.slice(3, 5));
    });

    it('holds nothing of a transaction that was refused', async () => {
      const log = await openLog(opened.db);
      const tx = opened.db.begin();
      log.append(tx, { type: 'thing.changed', subject: 'things/no', time: 1, data: '{}' });
      const nothing = sql`delete from events where id = -1`.compile(opened.db.schema<unknown>());
      opened.db.add(tx, nothing, { rows: 1, otherwise: 'spec.no' });
      await opened.db.commit(tx).catch(() => undefined);
      await append(opened.db, log, 'things/yes');
      await waitFor('the number', async () => (await log.last()) > 0);
      const events = await log.read(0, 10);
      expect(events.map(({ position, subject }) => [position, subject])).to.deep.equal([[1, 'things/yes']]);
    });

    it('never uses a number again, whatever was trimmed', async () => {
      const log = await openLog(opened.db);
      await append(opened.db, log, 'things/1', 3);
      await waitFor('the numbers', async () => (await log.last()) === 3);
      expect(await log.trim(2, 100)).to.equal(3);
      await append(opened.db, log, 'things/2');
      await waitFor('the number', async () => (await log.read(0, 10)).length === 1);
      expect((await log.read(0, 10))[0]).to.include({ position: 4, subject: 'things/2' });
    });

    it('shows a reader everything once and in order, while many write at once', async () => {
      const log = await openLog(opened.db);
      const writers = [opened.db, opened.another ? await opened.another() : opened.db];
      const far = await openLog(writers[1]!);
      const { seen, look, stop } = reader(far);
      const written = writers.map(async (db, writer) => {
        for (let round = 0; round < 15; round++) {
          const at = `writers/${writer}/${round}`;
          await Promise.all([0, 1, 2, 3].map((n) => append(db, log, `${at}/${n}`, 1 + (n % 3))));
        }
      });
      await Promise.all(written);
      await waitFor('everything to be seen', () => look().then(() => seen.length >= 210));
      await stop();
      expect(seen.map(({ position }) => position)).to.deep.equal(seen.map((_, index) => index + 1));
      expect(seen).to.have.length(210);
      for (const writer of [0, 1]) {
        const rounds = seen.filter(({ subject }) => subject.startsWith(`writers/${writer}/`));
        const order = rounds.map(({ subject }) => Number(subject.split('/')[2]));
        expect(order).to.deep.equal([...order].sort((a, b) => a - b));
      }
    });
  });
}

describe('The sequencer on PostgreSQL', () => {
  const kind = DATABASES.find(({ name }) => name === 'PostgreSQL')!;

  it('does not let a reader skip what commits late', async () => {
    const opened = await kind.open();
    await opened.db.migrate(eventMigrations);
    const log = createEventLog({ db: opened.db, clock: systemClock, log: silentLog });
    await log.start();
    try {
      const tx = opened.db.begin();
      log.append(tx, { type: 'thing.changed', subject: 'things/late', time: 1, data: '{}' });
      opened.db.add(tx, sql`select pg_sleep(0.5)`.compile(opened.db.schema<unknown>()));
      const late = opened.db.commit(tx);
      await waitFor('the late one to have its id', () => sleeps(opened.db));
      await append(opened.db, log, 'things/early');
      await waitFor('the first number', async () => (await log.last()) === 1);
      expect((await log.read(0, 10)).map(({ subject }) => subject)).to.deep.equal(['things/early']);
      await late;
      await waitFor('the second number', async () => (await log.last()) === 2);
      expect((await log.read(1, 10)).map(({ subject }) => subject)).to.deep.equal(['things/late']);
    } finally {
      await log.stop();
      await opened.close();
    }
  });

  it('numbers once where two replicas believe to lead', async () => {
    const opened = await kind.open();
    await opened.db.migrate(eventMigrations);
    const replicas = [opened.db, await opened.another!()];
    for (const db of replicas) db.lead = (_role, duties) => alwaysLeading(duties);
    const logs = replicas.map((db) => createEventLog({ db, clock: systemClock, log: silentLog }));
    await Promise.all(logs.map((log) => log.start()));
    const { seen, look, stop } = reader(logs[0]!);
    try {
      await Promise.all(
        Array.from({ length: 300 }, (_, n) => append(replicas[n % 2]!, logs[n % 2]!, `things/${n}`)),
      );
      await waitFor('everything to be seen', () => look().then(() => seen.length >= 300));
      expect(seen.map(({ position }) => position)).to.deep.equal(seen.map((_, index) => index + 1));
      expect(new Set(seen.map(({ subject }) => subject)).size).to.equal(300);
      expect(await logs[1]!.read(0, 1_000)).to.deep.equal(seen);
    } finally {
      await stop();
      await Promise.all(logs.map((log) => log.stop()));
      await opened.close();
    }
  });
});

async function sleeps(db: Database): Promise<boolean> {
  const { rows } = await sql`select 1 from pg_stat_activity where datname = current_database()
    and query = 'select pg_sleep(0.5)'`.execute(db.schema<unknown>());
  return rows.length > 0;
}

function alwaysLeading(duties: Parameters<Database['lead']>[1]): ReturnType<Database['lead']> {
  void duties.start();
  return { isLeader: () => true, stop: async () => duties.stop() };
}
