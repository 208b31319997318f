import { join } from 'node:path';
import { attemptsFileAt, PHONES } from '../support/attempts-file.js';
import { SeededRandom } from '../support/seeded-random.js';
import { awaitQuiet } from './await-quiet.js';
import { checkAll } from './check.js';
import type { CheckResult, Facts, ShownTask } from './facts.js';
import { expectedReports, queueFacts, shownTasks, storedFacts } from './gather-facts.js';
import { canInject, injectFault, type Subject, subjectsOf } from './inject-fault.js';
import { type Job, makeJobs } from './job.js';
import { faultsOf, type Plan } from './plan.js';
import { QueueClients } from './queue-clients.js';
import type { Replica } from './replica.js';
import { RestClients } from './rest-clients.js';
import { type Fault, type FaultKind, makeSchedule, sharesOf } from './schedule.js';
import { prepareSharedSite } from './shared-site.js';
import { prepareSingleSite } from './single-site.js';
import type { Site } from './site.js';

/** What a run survived, and what it did not. */
export interface Outcome {
  plan: Plan;
  faults: ReadonlyMap<FaultKind, number>;
  checks: CheckResult[];
  /** Starts of processes, and what clients had to do again. */
  figures: Record<string, number>;
  seconds: number;
}

const CALLS_AT_ONCE = 12;
/** Jobs not accepted yet, in shares of the schedule: beyond it the faults wait for the clients. */
const MOST_SHARES_BEHIND = 10;
const QUIET_BASE_MS = 90_000;
const QUIET_PER_JOB_MS = 20;

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/**
 * Runs the service under a stream of jobs, breaks what it stands on, and compares at the end.
 * @param onSite is handed what ends everything at once, for whoever is interrupted
 */
export async function runTorture(
  plan: Plan,
  folder: string,
  onSite: (stop: () => Promise<void>) => void = () => undefined,
): Promise<Outcome> {
  const run = new TortureRun(plan, await prepareSite(plan, folder));
  onSite(() => run.stop());
  try {
    return await run.run();
  } finally {
    await run.stop();
  }
}

async function prepareSite({ site, records, seed }: Plan, folder: string): Promise<Site> {
  const dataFile = await attemptsFileAt(join(folder, 'data.json'), { records, phones: PHONES, seed });
  if (site === 'rabbit-postgres') return prepareSharedSite(folder, dataFile);
  return prepareSingleSite(folder, dataFile, site === 'rabbit-sqlite' ? 'rabbitmq' : 'embedded');
}

/** Lost processes that count against the task. */
function countedLapses({ history }: ShownTask): number {
  return history.filter(({ reason }) => reason === 'lease lapsed').length;
}

class TortureRun {
  readonly #jobs: Job[];
  readonly #schedule: Fault[];
  readonly #rest: RestClients;
  readonly #queue: QueueClients;
  readonly #faults = new Map<FaultKind, number>();
  readonly #underWay = new Map<Subject, Promise<void>>();
  readonly #mishaps: string[] = [];
  #stopping: Promise<void> | undefined;

  constructor(
    private readonly plan: Plan,
    private readonly site: Site,
  ) {
    const random = new SeededRandom(plan.seed);
    this.#jobs = makeJobs(plan.jobs, random);
    this.#schedule = makeSchedule(faultsOf(plan), random);
    const urls = (): string[] => site.replicas.flatMap(({ url }) => url ?? []);
    this.#rest = new RestClients({ urls, atOnce: CALLS_AT_ONCE });
    this.#queue = new QueueClients(site.queues, 'task_report', (job) => {
      if (job.kind === 'unwanted') void this.#rest.cancelQueued(job);
    });
  }

  async run(): Promise<Outcome> {
    const startedAt = Date.now();
    await Promise.all(this.site.replicas.map((replica) => replica.start()));
    await this.#breakAll();
    await Promise.all(this.#underWay.values());
    const timeoutMs = QUIET_BASE_MS + QUIET_PER_JOB_MS * this.plan.jobs;
    const byQueue = this.#jobs.filter(({ way }) => way === 'queue').length;
    const clients = { open: () => this.#open, byQueue };
    const unrest = await awaitQuiet(this.site, clients, timeoutMs);
    this.#mishaps.push(...unrest.map((what) => `not quiet after ${timeoutMs / 1000} s: ${what}`));
    const facts = await this.#facts();
    const checks = checkAll(facts);
    if (checks.some(({ wrong }) => wrong.length > 0)) await this.site.keepEvidence();
    const { plan, site } = this;
    const figures = {
      starts: site.replicas.reduce((sum, { starts }) => sum + starts, 0),
      'calls repeated': this.#rest.repeated,
      'messages published again': this.#queue.repeated,
      cancels: this.#rest.cancelled,
      'lapses of one task at most': Math.max(0, ...[...facts.shown.values()].map(countedLapses)),
    };
    return { plan, faults: this.#faults, checks, figures, seconds: (Date.now() - startedAt) / 1000 };
  }

  /** Idempotent. */
  stop(): Promise<void> {
    return (this.#stopping ??= this.site.stop());
  }

  get #open(): number {
    return this.#rest.open + this.#queue.open;
  }

  /** Hands the jobs in, a share before each fault. */
  async #breakAll(): Promise<void> {
    const possible: Fault[] = [];
    for (const fault of this.#schedule) if (await canInject(this.site, fault.kind)) possible.push(fault);
    const shares = possible.reduce((sum, { kind }) => sum + sharesOf(kind), 0);
    const share = Math.ceil(this.#jobs.length / Math.max(1, shares));
    let handedIn = 0;
    for (const fault of possible) {
      const next = handedIn + share * sharesOf(fault.kind);
      this.#handIn(this.#jobs.slice(handedIn, next));
      handedIn = next;
      while (this.#open > share * MOST_SHARES_BEHIND) await pause(10);
      await this.#break(fault);
    }
  }

  #handIn(jobs: readonly Job[]): void {
    this.#rest.send(jobs.filter(({ way }) => way === 'rest'));
    this.#queue.send(jobs.filter(({ way }) => way === 'queue'));
  }

  /** Kills are over when this resolves; other faults go on while the next ones come. */
  async #break(fault: Fault): Promise<void> {
    const { replicas } = this.site;
    const drawn = replicas[Math.floor(fault.target * replicas.length)]!;
    const replica = fault.kind === 'kill leader' ? await this.#leader(drawn) : drawn;
    const subjects = subjectsOf(fault.kind, replica);
    await Promise.all(subjects.map(async (subject) => this.#underWay.get(subject)));
    if (subjects.includes(replica)) await replica.whenUp();
    await pause(fault.pauseMs);
    this.#faults.set(fault.kind, (this.#faults.get(fault.kind) ?? 0) + 1);
    const done = injectFault(this.site, fault, replica).catch((error: unknown) => {
      this.#mishaps.push(`${fault.kind}: ${String(error)}`);
    });
    for (const subject of subjects) this.#underWay.set(subject, done);
    if (fault.kind.startsWith('kill')) await done;
  }

  async #leader(otherwise: Replica): Promise<Replica> {
    return (await this.site.leader().catch(() => undefined)) ?? otherwise;
  }

  async #facts(): Promise<Facts> {
    const { site } = this;
    const shown = await shownTasks(await site.replicas.at(-1)!.whenUp());
    await Promise.all(site.replicas.map((replica) => replica.stop()));
    const seen = site.replicas.flatMap(({ faults }) => faults);
    return {
      jobs: this.#jobs,
      accepted: this.#rest.accepted,
      arrived: this.#queue.arrived,
      faults: [...seen, ...this.#rest.faults, ...this.#mishaps],
      shown,
      expected: await expectedReports(site),
      ...(await storedFacts(site.truth)),
      ...(await queueFacts(site)),
    };
  }
}
