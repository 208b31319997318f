import { sql } from 'kysely';
import type { StatementRef, Tx } from '../../../kernel/tx.js';
import type { Database } from '../../../platform/db/database.js';
import type { SensorsSchema } from '../sensors.schema.js';
import { createIntakeStatements } from './intake.statements.js';
import type { IntakeBatch, LoggedRow } from './intake.statements.js';
import type { KnownSensor } from './known-sensors.js';

export type { IntakeBatch, IntakeCounts, LoggedRow } from './intake.statements.js';
export type IntakeRepository = ReturnType<typeof createIntakeRepository>;

/** What came in by one way, and what became of it. */
export interface CountedWay {
  way: string;
  cameIn: number;
  logged: number;
  late: number;
  duplicate: number;
  refused: number;
  deadLettered: number;
}

export interface CountedRefusal {
  way: string;
  reason: string;
  count: number;
}

/** The statements that take a batch, and what was counted. */
export function createIntakeRepository(db: Database) {
  const schema = db.schema<SensorsSchema>();
  const statements = createIntakeStatements(db);
  return {
    /** Logs, moves the sensors' status, tells of changes and counts; the rows are those that were logged. */
    add: (tx: Tx, batch: IntakeBatch): StatementRef<LoggedRow> => statements.add(tx, batch),

    countRefusals(tx: Tx, way: string, reasons: ReadonlyMap<string, number>): void {
      for (const [reason, count] of reasons) {
        const insert = schema
          .insertInto('sensor_refusals')
          .values({ way, reason, count })
          .onConflict((conflict) =>
            conflict
              .columns(['way', 'reason'])
              .doUpdateSet({ count: sql`sensor_refusals.count + excluded.count` }),
          );
        db.add(tx, insert);
      }
    },

    async find(ids: readonly string[]): Promise<KnownSensor[]> {
      const rows = await schema
        .selectFrom('sensors')
        .select(['id', 'client_id', 'enabled'])
        .where('id', 'in', idsOf(db, ids))
        .where('deleted_at', 'is', null)
        .execute();
      return rows.map(({ id, client_id, enabled }) => ({ id, clientId: client_id, enabled: enabled === 1 }));
    },

    async counted(): Promise<{ ways: CountedWay[]; refusals: CountedRefusal[] }> {
      const sum = (column: string) => sql<number>`cast(sum(${sql.ref(column)}) as bigint)`;
      const [ways, refusals] = await Promise.all([
        schema
          .selectFrom('sensor_accounting')
          .select(['way', sum('came_in').as('cameIn'), sum('logged').as('logged'), sum('late').as('late')])
          .select([sum('duplicate').as('duplicate'), sum('refused').as('refused')])
          .select(sum('dead_lettered').as('deadLettered'))
          .groupBy('way')
          .orderBy('way')
          .execute(),
        schema.selectFrom('sensor_refusals').selectAll().orderBy('way').orderBy('reason').execute(),
      ]);
      return { ways, refusals };
    },
  };
}

/** A list as one value, so that the statement is the same however long it is. */
export function idsOf(db: Database, ids: readonly string[]) {
  const json = JSON.stringify(ids);
  return db.dialect === 'sqlite'
    ? sql<string>`(select value from json_each(${json}))`
    : sql<string>`(select value from json_array_elements_text(${json}::json))`;
}
