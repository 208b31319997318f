import { expect } from 'chai';
import { spawn } from 'node:child_process';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { once } from 'node:events';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Worker } from 'node:worker_threads';
import { sql } from 'kysely';
import { systemClock } from '../../../src/kernel/clock.js';
import type { Database } from '../../../src/platform/db/database.js';
import { createSqliteDatabase } from '../../../src/platform/db/sqlite-database.js';
import { failureOf } from '../../support/failure-of.js';
import { silentLog } from '../../support/silent-log.js';
import { tempFolder } from '../../support/temp-folder.js';
import { waitFor } from '../../support/wait-for.js';
import { accountIds, addAccount, ledgerMigrations } from './ledger-schema.js';

const HOLDER = fileURLToPath(new URL('./hold-database.js', import.meta.url));

/** Rows that a transaction has to return: still under way when the writer is ended. */
const MANY_ROWS = 190_000;

describe('the SQLite database', () => {
  let file: string;
  let opened: Database[];
  const threads: Worker[] = [];
  const keepThread = (message: unknown): number => threads.push((message as { worker: Worker }).worker);

  function create(options: { maxWaiting?: number; lockWaitMs?: number; exclusive?: boolean } = {}): Database {
    const db = createSqliteDatabase({
      file,
      clock: systemClock,
      log: silentLog,
      lockWaitMs: 100,
      ...options,
    });
    opened.push(db);
    return db;
  }

  async function open(options = {}): Promise<Database> {
    const db = create(options);
    await db.start();
    await db.migrate(ledgerMigrations);
    return db;
  }

  beforeEach(async () => {
    file = join(await tempFolder(), 'state', 'switchyard.db');
    opened = [];
    threads.length = 0;
    subscribe('worker_threads', keepThread);
  });
  afterEach(async () => {
    unsubscribe('worker_threads', keepThread);
    await Promise.all(opened.map((db) => db.stop()));
  });

  it('keeps what was committed over stop and start', async () => {
    const db = await open();
    for (let id = 0; id < 20; id++) void addAccount(db, id);
    await db.stop();
    expect(await accountIds(await open())).to.have.length(20);
  });

  it('refuses a second process with a name for it', async () => {
    await open();
    expect(await failureOf(create().start())).to.include({ code: 'db.in-use', kind: 'unavailable' });
  });

  it('waits for a process that is about to end', async () => {
    const first = await open();
    const second = create({ lockWaitMs: 10_000 });
    const starting = second.start();
    await first.stop();
    await starting;
    expect(second.state().status).to.equal('ok');
  });

  it('lets a short visit in beside the one that holds it', async () => {
    const db = await open();
    const visit = await open({ exclusive: false });
    await Promise.all([addAccount(visit, 1), addAccount(db, 2)]);
    expect(await accountIds(db)).to.deep.equal([1, 2]);
  });

  it('takes the file over from a process that was killed, with all it had committed', async () => {
    const holder = spawn(process.execPath, [HOLDER, file], { stdio: ['pipe', 'pipe', 'inherit'] });
    await once(holder.stdout, 'data');
    expect(await failureOf(create().start())).to.include({ code: 'db.in-use' });
    const ended = once(holder, 'exit');
    holder.kill('SIGKILL');
    await ended;
    expect(await accountIds(await open())).to.deep.equal([1]);
  });

  it('refuses to start where the file cannot be', async () => {
    file = '/dev/null/switchyard.db';
    expect(await failureOf(create().start()))
      .to.have.property('kind')
      .that.is.oneOf(['unavailable', 'internal']);
  });

  it('refuses more than may wait, and does the rest', async () => {
    const db = await open({ maxWaiting: 50 });
    const all = await Promise.allSettled(Array.from({ length: 80 }, (_, id) => addAccount(db, id)));
    const refused = all.filter((one) => one.status === 'rejected');
    expect(refused.map(({ reason }) => (reason as { code: string }).code)).to.deep.equal(
      new Array(30).fill('db.overloaded'),
    );
    expect(await accountIds(db)).to.have.length(50);
  });

  it('lets go of what a lost writer had to do, and starts another', async () => {
    const db = await open();
    const calls: string[] = [];
    db.lead('sequencer', { start: () => void calls.push('start'), stop: () => void calls.push('stop') });
    await waitFor('the duties', () => calls.length === 1);
    const adding = failureOf(addSlowly(db, 1));
    await new Promise((resolve) => setImmediate(resolve));
    void threads[0]!.terminate();
    expect(await adding).to.include({ code: 'db.unavailable' });
    expect(db.state().status).to.equal('down');
    expect(await failureOf(addAccount(db, 2))).to.include({ code: 'db.unavailable' });
    await waitFor('the writer to be back', () => db.state().status === 'ok');
    await addAccount(db, 3);
    expect(await accountIds(db)).to.include(3);
    expect(calls).to.deep.equal(['start', 'stop', 'start']);
  });

  it('starts another reader too', async () => {
    const db = await open();
    await threads[1]!.terminate();
    expect(db.state().status).to.equal('degraded');
    await addAccount(db, 1);
    await waitFor('the reader to be back', () => db.state().status === 'ok');
    expect(await accountIds(db)).to.deep.equal([1]);
  });

  it('refuses a result that is too large to hold', async () => {
    const db = await open();
    const endless = sql`with recursive n(i) as (select 1 union all select i + 1 from n) select i from n`;
    expect(await failureOf(endless.execute(db.schema()))).to.include({ code: 'db.failed' });
    expect(await accountIds(db)).to.deep.equal([]);
  });

  it('may be stopped before it is started, and twice', async () => {
    const db = create();
    await Promise.all([db.stop(), db.stop()]);
    expect(await failureOf(db.start())).to.include({ code: 'db.unavailable' });
    expect(await failureOf(addAccount(db, 1))).to.include({ code: 'db.unavailable' });
  });
});

async function addSlowly(db: Database, id: number): Promise<void> {
  const tx = db.begin();
  const schema = db.schema<unknown>();
  db.add(tx, sql`insert into accounts (id, name, amount) values (${id}, 'slow', 0)`.compile(schema));
  const rows = sql`with recursive n (i) as (select 1 union all select i + 1 from n where i < ${MANY_ROWS}) select i from n`;
  db.add(tx, rows.compile(schema));
  await db.commit(tx);
}
