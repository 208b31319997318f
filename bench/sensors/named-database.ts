import type { Database } from '../../src/platform/db/database.js';

/** The URL where it has a server. */
export type NamedDatabase = [name: string, db: Database, url: string | undefined];
