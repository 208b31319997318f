import Sqlite from 'better-sqlite3';
import pg from 'pg';

/** Reads the tables of the service with a client that shares no code with it. */
export interface DatabaseTruth {
  readonly dialect: 'sqlite' | 'postgres';
  rows<T>(sql: string): Promise<T[]>;
}

export function sqliteTruth(file: string): DatabaseTruth {
  return {
    dialect: 'sqlite',
    rows: async <T>(sql: string) => {
      const db = new Sqlite(file, { readonly: true, timeout: 10_000 });
      try {
        return db.prepare(sql).all() as T[];
      } finally {
        db.close();
      }
    },
  };
}

export function postgresTruth(url: string): DatabaseTruth {
  return {
    dialect: 'postgres',
    rows: async <T>(sql: string) => {
      const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 10_000 });
      client.on('error', () => undefined);
      await client.connect();
      try {
        return (await client.query(sql)).rows as T[];
      } finally {
        await client.end();
      }
    },
  };
}
