import {
  PostgresAdapter,
  PostgresIntrospector,
  PostgresQueryCompiler,
  SqliteAdapter,
  SqliteIntrospector,
  SqliteQueryCompiler,
} from 'kysely';
import type { CompiledQuery, DatabaseConnection, Dialect, Driver, QueryResult } from 'kysely';
import { readsOnly } from './db-errors.js';

/** Runs one SELECT. */
export type Read = (sql: string, parameters: readonly unknown[]) => Promise<unknown[]>;

const WRITES = new Set(['InsertQueryNode', 'UpdateQueryNode', 'DeleteQueryNode', 'MergeQueryNode']);

/** A Kysely dialect that compiles for `kind` and sends reads through `read`; it refuses everything else. */
export function readDialect(kind: 'sqlite' | 'postgres', read: Read): Dialect {
  const sqlite = kind === 'sqlite';
  return {
    createAdapter: () => (sqlite ? new SqliteAdapter() : new PostgresAdapter()),
    createDriver: () => new ReadDriver(read),
    createIntrospector: (db) => (sqlite ? new SqliteIntrospector(db) : new PostgresIntrospector(db)),
    createQueryCompiler: () => (sqlite ? new SqliteQueryCompiler() : new PostgresQueryCompiler()),
  };
}

class ReadDriver implements Driver {
  readonly #connection: DatabaseConnection;

  constructor(read: Read) {
    this.#connection = {
      async executeQuery<R>(query: CompiledQuery): Promise<QueryResult<R>> {
        if (WRITES.has(query.query.kind)) throw readsOnly();
        return { rows: (await read(query.sql, query.parameters)) as R[] };
      },
      streamQuery() {
        throw readsOnly();
      },
    };
  }

  init(): Promise<void> {
    return Promise.resolve();
  }
  acquireConnection(): Promise<DatabaseConnection> {
    return Promise.resolve(this.#connection);
  }
  beginTransaction(): Promise<void> {
    return Promise.reject(readsOnly());
  }
  commitTransaction(): Promise<void> {
    return Promise.reject(readsOnly());
  }
  rollbackTransaction(): Promise<void> {
    return Promise.reject(readsOnly());
  }
  releaseConnection(): Promise<void> {
    return Promise.resolve();
  }
  destroy(): Promise<void> {
    return Promise.resolve();
  }
}
