import { join } from 'node:path';
import pg from 'pg';
import { systemClock } from '../../src/kernel/clock.js';
import { createPostgresDatabase } from '../../src/platform/db/postgres-database.js';
import { createSqliteDatabase } from '../../src/platform/db/sqlite-database.js';
import { openSite } from '../../spec/modules/sensors/sensors-site.js';
import { postgres } from '../../spec/support/postgres.js';
import type { BenchContext } from '../bench-context.js';
import { writeJson } from '../harness.js';
import { quietLog } from '../quiet-log.js';
import { measureIntake } from './intake.js';
import type { NamedDatabase } from './named-database.js';
import { measureReads } from './reads.js';

export interface SensorsBenchOptions {
  /** Messages of one round. */
  events: number;
  /** For the reads. */
  sensors: number;
  logRows: number;
  only: 'intake' | 'reads' | undefined;
}

/** What comes in by RabbitMQ, against bare consuming; and reads over many sensors and a long log: on both databases. */
export async function runSensorsBench(context: BenchContext, options: SensorsBenchOptions): Promise<void> {
  const server = await postgres();
  context.onEnd(() => server.stop());
  const results: Record<string, unknown> = { ...options };
  if (options.only !== 'reads') {
    results['intake'] = await measureIntake(context, options.events, () => databases(context, server));
  }
  if (options.only !== 'intake') {
    for (const [name, db, url] of await databases(context, server)) {
      const site = await openSite(db);
      results[name] = await measureReads(name, site, options, context.rounds, () => vacuum(url));
      await site.close();
    }
  }
  console.log(await writeJson('sensors', results));
}

let files = 0;

/** Both databases, empty. */
async function databases(
  { folder, onEnd }: BenchContext,
  server: Awaited<ReturnType<typeof postgres>>,
): Promise<NamedDatabase[]> {
  const file = join(folder, `sensors-${++files}.db`);
  const url = await server.createDatabase();
  const sqlite = createSqliteDatabase({ file, clock: systemClock, log: quietLog });
  const postgresql = createPostgresDatabase({
    ...{ url, clock: systemClock, log: quietLog, poolSize: 4 },
    statementTimeoutMs: 600_000,
  });
  for (const db of [sqlite, postgresql]) {
    onEnd(() => db.stop());
    await db.start();
  }
  return [
    ['SQLite', sqlite, undefined],
    ['PostgreSQL', postgresql, url],
  ];
}

/** As its autovacuum does after a while. */
async function vacuum(url: string | undefined): Promise<void> {
  if (url === undefined) return;
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  await client.query('vacuum analyze');
  await client.end();
}
