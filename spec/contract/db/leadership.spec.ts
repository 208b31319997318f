import { expect } from 'chai';
import { sql } from 'kysely';
import type { Database, LeaderDuties } from '../../../src/platform/db/database.js';
import { DATABASES, type OpenedDatabase } from '../../support/databases.js';
import { postgres } from '../../support/postgres.js';
import { waitFor } from '../../support/wait-for.js';

/** Notes what it is told. */
class Duties implements LeaderDuties {
  readonly calls: string[] = [];
  failures = 0;

  start(): void {
    this.calls.push('start');
    if (this.failures-- > 0) throw new Error('not today');
  }

  stop(): void {
    this.calls.push('stop');
  }
}

for (const kind of DATABASES) {
  describe(`leadership on ${kind.name}`, () => {
    let opened: OpenedDatabase;
    beforeEach(async function () {
      this.timeout(60_000);
      opened = await kind.open();
    });
    afterEach(() => opened.close());

    it('is taken once started and given up when stopped', async () => {
      const duties = new Duties();
      const leadership = opened.db.lead('sequencer', duties);
      await waitFor('leadership', () => leadership.isLeader());
      await waitFor('the duties', () => duties.calls.length > 0);
      await leadership.stop();
      expect(leadership.isLeader()).to.equal(false);
      expect(duties.calls).to.deep.equal(['start', 'stop']);
    });

    it('is given up when the database stops', async () => {
      const duties = new Duties();
      const leadership = opened.db.lead('sequencer', duties);
      await waitFor('the duties', () => duties.calls.length > 0);
      await opened.close();
      expect(leadership.isLeader()).to.equal(false);
      expect(duties.calls).to.deep.equal(['start', 'stop']);
    });

    it('is tried again when its duties fail to start', async () => {
      const duties = new Duties();
      duties.failures = 1;
      const leadership = opened.db.lead('sequencer', duties);
      await waitFor('a second start', () => duties.calls.length === 3);
      expect(duties.calls).to.deep.equal(['start', 'stop', 'start']);
      expect(leadership.isLeader()).to.equal(true);
    });
  });
}

describe('leadership among replicas', () => {
  let opened: OpenedDatabase;
  let other: Database;
  beforeEach(async function () {
    this.timeout(60_000);
    opened = await DATABASES[1]!.open();
    other = await opened.another!();
  });
  afterEach(() => opened.close());

  async function sessions(): Promise<number[]> {
    const query = sql<{ pid: number }>`select pid from pg_locks where locktype = 'advisory' and granted
      and database = (select oid from pg_database where datname = current_database())`;
    return (await query.execute(other.schema())).rows.map(({ pid }) => pid);
  }

  it('has one holder, and passes on when that one stops', async () => {
    const [mine, theirs] = [opened.db.lead('feed', new Duties()), undefined];
    expect(theirs).to.equal(undefined);
    await waitFor('the first to lead', () => mine.isLeader());
    const second = other.lead('feed', new Duties());
    const elsewhere = other.lead('another role', new Duties());
    await waitFor('another role to be free', () => elsewhere.isLeader());
    expect([mine.isLeader(), second.isLeader()]).to.deep.equal([true, false]);
    await mine.stop();
    await waitFor('the second to lead', () => second.isLeader());
  });

  it('is lost with the connection, at once, and taken up again by one of them', async () => {
    const [first, second] = [new Duties(), new Duties()];
    const mine = opened.db.lead('feed', first);
    await waitFor('the first to lead', () => first.calls.length === 1);
    const theirs = other.lead('feed', second);
    const [pid] = await sessions();
    await sql`select pg_terminate_backend(${pid})`.execute(other.schema());
    await waitFor('the loss to be noticed', () => first.calls.includes('stop'), { timeoutMs: 1_000 });
    await waitFor('a leader', () => mine.isLeader() !== theirs.isLeader());
  });

  it('is lost when the connection is frozen', async function () {
    this.timeout(30_000);
    if (!(await postgres()).controllable) return this.skip();
    const duties = new Duties();
    const mine = opened.db.lead('feed', duties);
    await waitFor('the first to lead', () => duties.calls.length === 1);
    const [pid] = await sessions();
    process.kill(pid!, 'SIGSTOP');
    try {
      await waitFor('the loss to be noticed', () => duties.calls.includes('stop'), { timeoutMs: 5_000 });
      expect(mine.isLeader()).to.equal(false);
    } finally {
      process.kill(pid!, 'SIGCONT');
    }
    await waitFor('it to lead again', () => mine.isLeader());
  });
});
