import type { BodyDigest } from '../../../src/kernel/body-digest.js';
import type { Uuid } from '../../../src/kernel/ids.js';
import { newUuid, timeOfUuid } from '../../../src/kernel/ids.js';
import { createTasksModule } from '../../../src/modules/tasks/index.js';
import type {
  NewTask,
  Task,
  TaskRunner,
  TasksApi,
  TasksConfig,
  TasksModule,
} from '../../../src/modules/tasks/index.js';
import { taskMigrations } from '../../../src/modules/tasks/tasks.migrations.js';
import { brokerMigrations, createDeadLetterBox } from '../../../src/platform/broker/index.js';
import type { DeadLetterStore } from '../../../src/platform/broker/index.js';
import type { Database } from '../../../src/platform/db/database.js';
import type { EventLog } from '../../../src/kernel/event.js';
import { eventMigrations } from '../../../src/platform/events/events.migrations.js';
import { createEventLog } from '../../../src/platform/events/sql-event-log.js';
import { specDigest } from '../../support/body-digest.js';
import type { OpenedDatabase } from '../../support/databases.js';
import { DATABASES } from '../../support/databases.js';
import { ManualClock } from '../../support/manual-clock.js';
import { silentLog } from '../../support/silent-log.js';
import { waitFor } from '../../support/wait-for.js';

export const CONFIG: TasksConfig = {
  deadlineMs: 600_000,
  leaseMs: 15_000,
  retry: { baseMs: 1_000, maxMs: 60_000 },
  idempotencyTtlMs: 86_400_000,
  waitingLimit: 100_000,
  keepMs: 30 * 86_400_000,
  memoryBytes: 2 ** 20,
};

const TRACE = { requestId: 'request-1', traceparent: `00-${'1'.repeat(32)}-${'2'.repeat(16)}-01` };

/** A small valid task. */
export function newTask(over: Partial<NewTask> = {}): NewTask {
  return { type: 'job', payload: '{}', source: 'rest', createdBy: 'a spec', trace: TRACE, ...over };
}

/** Later than every id made so far: ids never go back, whatever the clock says. */
export function freshClock(aheadMs = 0): ManualClock {
  return new ManualClock(timeOfUuid(newUuid(Date.now())) + 1 + aheadMs);
}

export interface LedgerOptions {
  runners?: readonly TaskRunner[];
  clock?: ManualClock;
  owner?: string;
  config?: Partial<TasksConfig>;
  digest?: BodyDigest;
  db?: Database;
  /** Numbers in [0, 1). Default: all 0.5. */
  random?: () => number;
}

/** A tasks module with its surroundings, and a clock that stands still. */
export class Ledger {
  readonly db: Database;
  readonly clock: ManualClock;
  readonly module: TasksModule;
  readonly api: TasksApi;
  readonly events: EventLog;
  readonly deadLetters: DeadLetterStore;

  constructor(db: Database, options: LedgerOptions) {
    const { runners = [], clock = freshClock(), owner = 'here', config } = options;
    const { digest = specDigest, random = () => 0.5 } = options;
    this.db = db;
    this.clock = clock;
    this.events = createEventLog({ db, clock, log: silentLog });
    this.deadLetters = createDeadLetterBox(db);
    const { events, deadLetters } = this;
    const parts = { db, clock, events, deadLetters, digest, owner, log: silentLog, random };
    this.module = createTasksModule({ ...parts, config: { ...CONFIG, ...config } });
    this.module.use(runners);
    this.api = this.module.api;
  }

  async start(): Promise<this> {
    await this.events.start();
    await this.module.start();
    return this;
  }

  /** Lets time pass in steps until `probe` holds; the work in between takes real time. */
  async pass<T>(what: string, stepMs: number, probe: () => T | Promise<T>): Promise<T> {
    return await waitFor(what, () => {
      this.clock.advance(stepMs);
      return probe();
    });
  }

  /** The task once it is in one of the states. */
  async reaches(id: Uuid, ...states: Task['state'][]): Promise<Task> {
    return waitFor(`the task to be ${states.join(' or ')}`, async () => {
      const task = await this.api.get(id);
      return task && states.includes(task.state) ? task : undefined;
    });
  }

  /** `from>to: reason`, oldest first. */
  async story(id: Uuid): Promise<string[]> {
    const history = await this.api.history(id);
    return history.map(({ from, to, reason }) => `${from ?? ''}>${to}: ${reason}`);
  }

  /** The events of one task, `count` of them, once they are numbered. */
  async eventsOf(id: Uuid, count: number): Promise<{ type: string; data: { task_status: string } }[]> {
    const events = await this.pass(`${count} events`, 500, async () => {
      const all = await this.events.read(0, 1_000);
      const own = all.filter((event) => event.subject === `tasks/${id}`);
      return own.length >= count ? own : undefined;
    });
    return (events ?? []).map((event) => ({
      type: event.type,
      data: JSON.parse(event.data) as { task_status: string },
    }));
  }

  /** Ends whatever runs; attempts that do not heed are left behind. */
  async stop(): Promise<void> {
    let stopped = false;
    const stopping = Promise.all([this.module.stop(0), this.events.stop()]).then(() => (stopped = true));
    await waitFor('the ledger to stop', () => {
      if (!stopped) this.clock.advance(6_000);
      return stopped;
    });
    await stopping;
  }
}

export interface LedgerBench {
  /** A running ledger over the spec's database; stopped after the spec. */
  start(options?: LedgerOptions): Promise<Ledger>;
  /** Like `start`, without starting it. */
  make(options?: LedgerOptions): Ledger;
  readonly db: Database;
  /** Another process' view of the same database; only PostgreSQL has one. */
  another(): Promise<Database>;
}

export type DatabaseName = (typeof DATABASES)[number]['name'];

const TABLES = ['tasks', 'task_results', 'task_history', 'task_keys', 'idempotency_keys', 'events'] as const;
const OPERATIONS = ['task_pauses', 'task_bulks'] as const;
const MORE_TABLES = ['dead_letters', 'broker_outbox', 'broker_inbox'] as const;

/** The same specs over every database (or those named), each spec with empty tables. */
export function onEachDatabase(specs: (bench: LedgerBench) => void, only?: DatabaseName): void {
  for (const kind of DATABASES.filter(({ name }) => only === undefined || name === only)) {
    describe(`on ${kind.name}`, () => {
      let opened: OpenedDatabase;
      const ledgers: Ledger[] = [];
      const make = (options: LedgerOptions = {}): Ledger => {
        const ledger = new Ledger(options.db ?? opened.db, options);
        ledgers.push(ledger);
        return ledger;
      };
      before(async () => {
        opened = await kind.open();
        await opened.db.migrate([...eventMigrations, ...brokerMigrations, ...taskMigrations]);
      });
      afterEach(async () => {
        await Promise.all(ledgers.splice(0).map((ledger) => ledger.stop()));
        await empty(opened.db);
      });
      after(() => opened.close());
      specs({
        make,
        start: (options) => make(options).start(),
        get db() {
          return opened.db;
        },
        another: () => opened.another!(),
      });
    });
  }
}

async function empty(db: Database): Promise<void> {
  const tables = [...TABLES, ...OPERATIONS, ...MORE_TABLES] as const;
  const schema = db.schema<Record<(typeof tables)[number], object>>();
  const tx = db.begin();
  for (const table of tables) db.add(tx, schema.deleteFrom(table));
  await db.commit(tx);
}
