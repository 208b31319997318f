import pg from 'pg';
import { messageOf } from '../../kernel/errors.js';
import { judgeClock } from './clock-finding.js';
import { fail, ok, warn } from './finding.js';
import type { Check, Finding } from './finding.js';
import { judgeMigrations } from './migration-findings.js';

/** The oldest version that its makers still look after. */
const LEAST_VERSION = 14;
const CONNECT_TIMEOUT_MS = 5_000;
/** Of one process, beside its pool: it listens and leads on a connection of its own. */
const OWN_CONNECTIONS = 1;

interface ServerFacts {
  version: string;
  number: number;
  now: number;
  may_create: boolean;
  free: number;
}

export const checkPostgres: Check = {
  name: 'database',
  async run({ config, signal }) {
    const url = config.db.url!;
    const client = new pg.Client({
      connectionString: url,
      connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
      query_timeout: CONNECT_TIMEOUT_MS,
      application_name: 'switchyard doctor',
    });
    client.on('error', () => undefined); // told by the query that it breaks
    const end = (): void => void client.end().catch(() => undefined);
    signal.addEventListener('abort', end, { once: true });
    try {
      await client.connect();
    } catch (error) {
      const todo = 'start the server, or correct DATABASE_URL; the service waits for it';
      return [fail('database', `${new URL(url).host} is not there for us: ${messageOf(error)}`, todo)];
    }
    return inspect(client, config.db.poolSize);
  },
};

async function inspect(client: pg.Client, poolSize: number): Promise<Finding[]> {
  const sentAt = Date.now();
  const facts = (await client.query<ServerFacts>(FACTS)).rows[0]!;
  const clock = judgeClock('database clock', facts.now, sentAt, Date.now());
  const applied = (await hasTable(client))
    ? (await client.query<{ id: string }>('select id from schema_migrations')).rows.map(({ id }) => id)
    : [];
  return [judgeServer(facts), ...judgeConnections(facts.free, poolSize), clock, judgeMigrations(applied)];
}

const FACTS = `
  select current_setting('server_version') as version,
         current_setting('server_version_num')::int as number,
         extract(epoch from clock_timestamp())::float8 * 1000 as now,
         has_schema_privilege(current_schema(), 'CREATE') as may_create,
         current_setting('max_connections')::int - (select count(*)::int from pg_stat_activity) as free`;

async function hasTable(client: pg.Client): Promise<boolean> {
  const { rows } = await client.query<{ there: boolean }>(
    "select to_regclass('schema_migrations') is not null as there",
  );
  return rows[0]!.there;
}

function judgeServer({ version, number, may_create: mayCreate }: ServerFacts): Finding {
  const found = `PostgreSQL ${version}`;
  if (!mayCreate) {
    const todo = 'grant CREATE on the schema to the user of DATABASE_URL: migrations make tables';
    return fail('database', `${found}; its user may not make tables`, todo);
  }
  if (number >= LEAST_VERSION * 10_000) return ok('database', found);
  return warn('database', found, `Switchyard is not tried with it: use PostgreSQL ${LEAST_VERSION} or newer`);
}

function judgeConnections(free: number, poolSize: number): Finding[] {
  const wanted = poolSize + OWN_CONNECTIONS;
  if (free >= wanted) return [];
  const todo =
    'raise max_connections there, or lower DATABASE_POOL_SIZE; a running service has its own already';
  return [warn('database', `${free} connections are free, one process takes up to ${wanted}`, todo)];
}
