import type { Database } from '../../platform/db/database.js';
import { fromText, toText } from './latency-histogram.js';
import type { Sample } from './sample.js';
import type { SamplesSchema } from './samples.schema.js';

export type SamplesRepository = ReturnType<typeof createSamplesRepository>;

/** The most rows that are read at once: an hour of more replicas than anybody runs. */
const MOST_READ = 5_000;

export function createSamplesRepository(db: Database) {
  const schema = db.schema<SamplesSchema>();

  return {
    /** Stores a minute, and removes what began before `keptFrom`, in one transaction. */
    async put(sample: Sample, keptFrom: number): Promise<void> {
      const { minute, replica, completed, failed, cancelled, waiting, running } = sample;
      const told = {
        completed,
        failed,
        cancelled,
        latency: toText(sample.latency),
        waiting,
        running,
        queues: JSON.stringify(sample.queues),
        loop_delay_us: Math.round(sample.loopDelayMs * 1_000),
      };
      const tx = db.begin();
      db.add(
        tx,
        schema
          .insertInto('system_samples')
          .values({ minute, replica, ...told })
          .onConflict((conflict) => conflict.columns(['minute', 'replica']).doUpdateSet(told)),
      );
      db.add(tx, schema.deleteFrom('system_samples').where('minute', '<', keptFrom));
      await db.commit(tx);
    },

    /** Of minutes that began at `from` or later, oldest first. */
    async since(from: number): Promise<Sample[]> {
      const rows = await schema
        .selectFrom('system_samples')
        .selectAll()
        .where('minute', '>=', from)
        .orderBy('minute')
        .limit(MOST_READ)
        .execute();
      return rows.map(({ latency, queues, loop_delay_us, ...row }) => ({
        ...row,
        latency: fromText(latency),
        queues: JSON.parse(queues) as Record<string, number>,
        loopDelayMs: loop_delay_us / 1_000,
      }));
    },
  };
}
