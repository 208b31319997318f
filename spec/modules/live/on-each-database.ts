import type { Database } from '../../../src/platform/db/database.js';
import { eventMigrations } from '../../../src/platform/events/events.migrations.js';
import { DATABASES, type OpenedDatabase } from '../../support/databases.js';
import { LiveService, type LiveServiceOptions } from './live-service.js';

export interface LiveBench {
  /** Over the spec's database, empty at first; stopped after the spec. */
  start(options?: LiveServiceOptions, db?: Database): Promise<LiveService>;
  /** Another process' view of it; only PostgreSQL has one. */
  another(): Promise<Database>;
}

/** The same specs over every database, or over the one that is named. */
export function onEachDatabase(specs: (bench: LiveBench) => void, only?: 'SQLite' | 'PostgreSQL'): void {
  for (const kind of DATABASES.filter(({ name }) => only === undefined || name === only)) {
    describe(`on ${kind.name}`, () => {
      let opened: OpenedDatabase;
      const services: LiveService[] = [];
      beforeEach(async () => {
        opened = await kind.open();
        await opened.db.migrate(eventMigrations);
      });
      afterEach(async () => {
        await Promise.all(services.splice(0).map((service) => service.stop()));
        await opened.close();
      });
      specs({
        start: async (options, db = opened.db) => {
          const service = new LiveService(db, options);
          services.push(service);
          return service.start();
        },
        another: () => opened.another!(),
      });
    });
  }
}
