import {
  type CompiledQuery,
  type DatabaseConnection,
  type Dialect,
  type Driver,
  Kysely,
  PostgresAdapter,
  PostgresIntrospector,
  PostgresQueryCompiler,
  type QueryResult,
  SqliteAdapter,
  SqliteIntrospector,
  SqliteQueryCompiler,
} from 'kysely';
import type { Dialect as DialectName } from './database.js';
import { readsOnly } from './db-errors.js';
import { toValue, type Value } from './draft.js';

/** Runs one SELECT; a raw one is not known to change nothing, and must run where nothing can be changed. */
export type ReadRows = (sql: string, values: Value[], isRaw: boolean) => Promise<unknown[]>;

/** A Kysely that builds any statement and executes only reads. */
export function createReadKysely(dialect: DialectName, read: ReadRows): Kysely<unknown> {
  const driver = new ReadDriver(read);
  return new Kysely<unknown>({
    dialect: dialect === 'sqlite' ? sqliteDialect(driver) : postgresDialect(driver),
  });
}

function sqliteDialect(driver: Driver): Dialect {
  return {
    createAdapter: () => new SqliteAdapter(),
    createDriver: () => driver,
    createIntrospector: (db) => new SqliteIntrospector(db),
    createQueryCompiler: () => new SqliteQueryCompiler(),
  };
}

function postgresDialect(driver: Driver): Dialect {
  return {
    createAdapter: () => new PostgresAdapter(),
    createDriver: () => driver,
    createIntrospector: (db) => new PostgresIntrospector(db),
    createQueryCompiler: () => new PostgresQueryCompiler(),
  };
}

class ReadDriver implements Driver {
  readonly #connection: DatabaseConnection;

  constructor(read: ReadRows) {
    this.#connection = {
      async executeQuery<R>(query: CompiledQuery): Promise<QueryResult<R>> {
        const kind = kindOf(query);
        if (kind === 'other') throw readsOnly();
        const rows = await read(query.sql, query.parameters.map(toValue), kind === 'raw');
        return { rows: rows as R[] };
      },
      streamQuery: () => {
        throw readsOnly();
      },
    };
  }

  init = (): Promise<void> => Promise.resolve();
  acquireConnection = (): Promise<DatabaseConnection> => Promise.resolve(this.#connection);
  beginTransaction = (): Promise<void> => Promise.reject(readsOnly());
  commitTransaction = (): Promise<void> => Promise.reject(readsOnly());
  rollbackTransaction = (): Promise<void> => Promise.resolve();
  releaseConnection = (): Promise<void> => Promise.resolve();
  destroy = (): Promise<void> => Promise.resolve();
}

function kindOf({ query, sql }: CompiledQuery): 'select' | 'raw' | 'other' {
  if (query.kind === 'RawNode') return /^\s*(select|with|values|explain)\b/i.test(sql) ? 'raw' : 'other';
  if (query.kind !== 'SelectQueryNode') return 'other';
  const tables = (query.with?.expressions ?? []).map(({ expression }) => expression.kind);
  if (tables.includes('RawNode')) return 'raw';
  return tables.every((kind) => kind === 'SelectQueryNode') ? 'select' : 'other';
}
