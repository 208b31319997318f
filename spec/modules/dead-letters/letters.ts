import type { Clock } from '../../../src/kernel/clock.js';
import { systemClock } from '../../../src/kernel/clock.js';
import type { NewDeadLetter } from '../../../src/kernel/dead-letter.js';
import type { StoredEvent } from '../../../src/kernel/event.js';
import { newUuid } from '../../../src/kernel/ids.js';
import type { OutgoingMessage } from '../../../src/kernel/outbox.js';
import {
  createDeadLetterIntake,
  createDeadLettersModule,
  deadLetterMigrations,
} from '../../../src/modules/dead-letters/index.js';
import type { DeadLettersDeps } from '../../../src/modules/dead-letters/index.js';
import { taskMigrations } from '../../../src/modules/tasks/tasks.migrations.js';
import { brokerMigrations, createOutbox } from '../../../src/platform/broker/index.js';
import { messageFrom } from '../../../src/platform/broker/envelope.js';
import type { Database } from '../../../src/platform/db/database.js';
import { eventMigrations } from '../../../src/platform/events/events.migrations.js';
import { DATABASES } from '../../support/databases.js';
import type { OpenedDatabase } from '../../support/databases.js';
import { silentLog as log } from '../../support/silent-log.js';
import { waitFor } from '../../support/wait-for.js';
import { Ledger } from '../tasks/ledger.js';

export const OPERATOR = {
  name: 'olga',
  trace: { requestId: 'request-1', traceparent: `00-${'1'.repeat(32)}-${'2'.repeat(16)}-01` },
};

type Letters = ReturnType<typeof createDeadLettersModule>;

/** Dead letters over a database, with the ledger and the outbox that their replays go to. */
export class LettersBench {
  readonly ledger: Ledger;
  readonly counts = new Map<string, number>();
  readonly #opened: Letters[] = [];

  constructor(readonly db: Database) {
    this.ledger = new Ledger(db, {});
  }

  /** As one process has them; not started. */
  make({ clock = systemClock, ...more }: { clock?: Clock } & Partial<DeadLettersDeps> = {}): Letters {
    const { db, ledger } = this;
    const letters = createDeadLettersModule({
      db,
      clock,
      log,
      events: ledger.events,
      outbox: createOutbox(db, clock),
      tasks: {
        async retry(tx, id, { name: actor, trace }) {
          const task = await ledger.api.require(id);
          return (await ledger.api.addRetry(tx, task, { actor, trace })).id;
        },
        payloadOf: async (id) => (await ledger.api.get(id))?.payload,
      },
      keepMs: 30 * 86_400_000,
      onCount: (reason, count) => this.counts.set(reason, count),
      ...more,
    });
    this.#opened.push(letters);
    return letters;
  }

  async start(options: Parameters<LettersBench['make']>[0] = {}): Promise<Letters> {
    const letters = this.make(options);
    await letters.start();
    return letters;
  }

  /** Puts letters away, as the broker port and the ledger do. */
  async add(...letters: Partial<NewDeadLetter>[]): Promise<NewDeadLetter[]> {
    const intake = createDeadLetterIntake(this.db, this.ledger.events);
    const now = Date.now();
    const added = letters.map((some): NewDeadLetter => ({
      id: newUuid(now),
      kind: 'message',
      source: 'jobs',
      reason: 'invalid-json',
      detail: 'must be JSON',
      attempts: 1,
      firstAt: now - 5,
      lastAt: now,
      body: Buffer.from('{"a":1'),
      headers: {},
      properties: { messageId: 'known' },
      ...some,
    }));
    const tx = this.db.begin();
    for (const letter of added) intake.add(tx, letter);
    await this.db.commit(tx);
    return added;
  }

  /** What waits to be sent, in order. */
  async outbox(): Promise<OutgoingMessage[]> {
    const rows = await this.db
      .schema<{ broker_outbox: { id: number; envelope: string; body: Buffer } }>()
      .selectFrom('broker_outbox')
      .selectAll()
      .orderBy('id')
      .execute();
    return rows.map(({ envelope, body }) => messageFrom(envelope, body));
  }

  /** The events of letters, oldest first, once there are `count` of them. */
  events(count: number): Promise<StoredEvent[]> {
    return waitFor(`${count} events`, async () => {
      this.ledger.clock.advance(500);
      const all = await this.ledger.events.read(0, 1_000);
      const own = all.filter((event) => event.subject.startsWith('dead-letters/'));
      return own.length >= count ? own : undefined;
    });
  }

  async stop(): Promise<void> {
    await Promise.all(this.#opened.map((letters) => letters.stop()));
    await this.ledger.stop();
  }
}

/** The same specs on every database, each with a new one. */
export function lettersOnEachDatabase(
  specs: (bench: () => LettersBench, another: () => Promise<Database>) => void,
  only?: 'PostgreSQL',
): void {
  for (const kind of DATABASES.filter(({ name }) => only === undefined || name === only)) {
    describe(`on ${kind.name}`, () => {
      let opened: OpenedDatabase;
      let bench: LettersBench;
      beforeEach(async () => {
        opened = await kind.open();
        await opened.db.migrate([
          ...eventMigrations,
          ...brokerMigrations,
          ...taskMigrations,
          ...deadLetterMigrations,
        ]);
        bench = new LettersBench(opened.db);
        await bench.ledger.start();
      });
      afterEach(async () => {
        await bench.stop();
        await opened.close();
      });
      specs(
        () => bench,
        () => opened.another!(),
      );
    });
  }
}
