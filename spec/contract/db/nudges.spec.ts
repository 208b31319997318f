import { expect } from 'chai';
import { TxConflict } from '../../../src/kernel/tx.js';
import { DATABASES, type OpenedDatabase } from '../../support/databases.js';
import { failureOf } from '../../support/failure-of.js';
import { waitFor } from '../../support/wait-for.js';
import { addAccount, type Ledger, ledgerMigrations } from './ledger-schema.js';

for (const kind of DATABASES) {
  describe(`nudges on ${kind.name}`, () => {
    let opened: OpenedDatabase;
    beforeEach(async function () {
      this.timeout(60_000);
      opened = await kind.open();
      await opened.db.migrate(ledgerMigrations);
    });
    afterEach(() => opened.close());

    it('reach the listeners of their channel once a turn, until they leave', async () => {
      const { db } = opened;
      const heard: string[] = [];
      const leave = db.onNudge('tasks', () => heard.push('tasks'));
      db.onNudge('tasks', () => {
        throw new Error('a listener that fails');
      });
      db.onNudge('tasks', () => heard.push('tasks too'));
      db.onNudge('events', () => heard.push('events'));
      for (let i = 0; i < 100; i++) db.nudge('tasks');
      await Promise.resolve();
      expect(heard).to.deep.equal(['tasks', 'tasks too']);
      leave();
      db.nudge('tasks');
      await Promise.resolve();
      expect(heard).to.deep.equal(['tasks', 'tasks too', 'tasks too']);
    });

    it('come with a transaction when it is committed, and only then', async () => {
      const { db } = opened;
      let heard = 0;
      db.onNudge('accounts', () => heard++);
      const refused = db.begin();
      db.add(refused, db.schema<Ledger>().deleteFrom('accounts'), { rows: 5, otherwise: 'accounts.few' });
      db.nudgeAfter(refused, 'accounts');
      expect(await failureOf(db.commit(refused))).to.be.instanceOf(TxConflict);
      expect(heard).to.equal(0);
      const done = db.begin();
      db.add(done, db.schema<Ledger>().deleteFrom('accounts'));
      db.nudgeAfter(done, 'accounts');
      await db.commit(done);
      await Promise.resolve();
      expect(heard).to.equal(1);
    });
  });
}

describe('nudges among replicas', () => {
  it('reach the others, few for many, and their sender once', async function () {
    this.timeout(60_000);
    const opened = await DATABASES[1]!.open();
    const other = await opened.another!();
    await opened.db.migrate(ledgerMigrations);
    const heard = { here: 0, there: 0, last: 0 };
    opened.db.onNudge('tasks', () => heard.here++);
    other.onNudge('tasks', () => heard.there++);
    other.onNudge('last', () => heard.last++);
    const before = heard.here;
    for (let i = 0; i < 200; i++) opened.db.nudge('tasks');
    await waitFor('the nudge to arrive', () => heard.there > 0);
    await addAccount(opened.db, 1);
    opened.db.nudge('last');
    await waitFor('the last nudge', () => heard.last > 0);
    expect(heard.here - before).to.equal(1);
    expect(heard.there).to.be.at.most(3);
    await opened.close();
  });
});
