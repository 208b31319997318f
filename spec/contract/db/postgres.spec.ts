import { expect } from 'chai';
import { sql } from 'kysely';
import { systemClock } from '../../../src/kernel/clock.js';
import type { Database } from '../../../src/platform/db/database.js';
import { createPostgresDatabase } from '../../../src/platform/db/postgres-database.js';
import { failureOf } from '../../support/failure-of.js';
import { postgres, type PostgresServer } from '../../support/postgres.js';
import { RecordingLog } from '../../support/recording-log.js';
import { waitFor } from '../../support/wait-for.js';
import { accountIds, addAccount, type Ledger, ledgerMigrations } from './ledger-schema.js';

describe('the PostgreSQL database', () => {
  let server: PostgresServer;
  let log: RecordingLog;
  const opened: Database[] = [];

  function create(url: string, options: { poolSize?: number; statementTimeoutMs?: number } = {}): Database {
    const db = createPostgresDatabase({ url, clock: systemClock, log, ...options });
    opened.push(db);
    return db;
  }

  async function open(options = {}): Promise<Database> {
    const db = create(await server.createDatabase(), options);
    await db.start();
    await db.migrate(ledgerMigrations);
    return db;
  }

  before(async function () {
    this.timeout(60_000);
    server = await postgres();
  });
  beforeEach(() => void (log = new RecordingLog()));
  afterEach(() => Promise.all(opened.splice(0).map((db) => db.stop())));

  it('lives through a restart of its server', async function () {
    this.timeout(60_000);
    if (!server.controllable) return this.skip();
    const db = await open();
    await addAccount(db, 1);
    await server.stopServer();
    await waitFor('the loss to be noticed', () => db.state().status === 'down');
    expect(await failureOf(addAccount(db, 2))).to.include({ code: 'db.unavailable', kind: 'unavailable' });
    expect(await failureOf(accountIds(db))).to.include({ code: 'db.unavailable' });
    await server.startServer();
    await waitFor('the server to be back', () => db.state().status === 'ok');
    await addAccount(db, 3);
    expect(await accountIds(db)).to.deep.equal([1, 3]);
  });

  it('waits at start for a server that is not there yet', async function () {
    this.timeout(60_000);
    if (!server.controllable) return this.skip();
    const url = await server.createDatabase();
    await server.stopServer();
    const db = create(url);
    const starting = db.start();
    await waitFor('a try', () => log.messages('warn').length > 0);
    expect(db.state().status).to.equal('starting');
    await server.startServer();
    await starting;
    expect(db.state().status).to.equal('ok');
  });

  it('stops while it waits for its server', async () => {
    const db = create('postgres://someone:hunter2@127.0.0.1:1/nowhere');
    const starting = failureOf(db.start());
    await waitFor('a try', () => log.messages('warn').length > 0);
    await db.stop();
    expect(await starting).to.include({ code: 'db.unavailable' });
    expect(JSON.stringify(log.entries)).not.to.include('hunter2');
  });

  it('does not quote an address that it cannot read', () => {
    const bad = 'postgres://someone:hunter2@[bad/x';
    expect(() => create(bad))
      .to.throw()
      .with.property('stack')
      .that.does.not.include('hunter2');
  });

  it('does again what lost against another transaction', async () => {
    const db = await open();
    for (let id = 0; id < 10; id++) await addAccount(db, id);
    // Each locks the rows in another order, which the server ends as a deadlock.
    const raise = async (ids: number[]): Promise<void> => {
      const tx = db.begin();
      for (const id of ids) {
        const accounts = db.schema<Ledger>().updateTable('accounts').where('id', '=', id);
        db.add(
          tx,
          accounts.set(({ eb }) => ({ amount: eb('amount', '+', 1) })),
          { rows: 1, otherwise: 'missing' },
        );
      }
      await db.commit(tx);
    };
    const up = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9];
    await Promise.all([raise(up), raise([...up].reverse()), raise(up), raise([...up].reverse())]);
    const total = await sql`select sum(amount) as total from accounts`.execute(db.schema());
    expect(total.rows).to.deep.equal([{ total: 40 }]);
  });

  it('gives up a statement that takes too long, and goes on', async () => {
    const db = await open({ statementTimeoutMs: 200, poolSize: 1 });
    expect(await failureOf(sql`select pg_sleep(30)`.execute(db.schema()))).to.include({
      code: 'db.unavailable',
    });
    await addAccount(db, 1);
    expect(await accountIds(db)).to.deep.equal([1]);
  });

  it('lets more wait than it has connections', async () => {
    const db = await open({ poolSize: 2 });
    await Promise.all(Array.from({ length: 300 }, (_, id) => addAccount(db, id)));
    expect(await accountIds(db)).to.have.length(300);
  });

  it('does what was posted before it stops', async () => {
    const url = await server.createDatabase();
    const [db, other] = [create(url, { poolSize: 2 }), create(url)];
    await Promise.all([db.start(), other.start()]);
    await db.migrate(ledgerMigrations);
    const all = Promise.all(Array.from({ length: 50 }, (_, id) => addAccount(db, id)));
    await db.stop();
    await all;
    expect(await accountIds(other)).to.have.length(50);
  });
});
