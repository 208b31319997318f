import type { Clock } from '../../kernel/clock.js';
import { AppError } from '../../kernel/errors.js';
import type { Logger } from '../../kernel/logger.js';
import type { PartState } from '../../kernel/part-state.js';
import type {
  Aggregate,
  AggregateAtOnce,
  AggregateCalls,
  AggregateControl,
  AggregateRequest,
} from './aggregate.js';
import { aggregationCancelled, dataChanging } from './aggregate-errors.js';
import type { PassStore } from './aggregation/kept-pass.js';
import { PassCache } from './aggregation/pass-cache.js';
import type { CachedAnswer } from './aggregation/pass-cache.js';
import type { JobRunner } from './aggregation/job-runner.js';
import { settledPass } from './aggregation/settled-pass.js';
import type { SettledPass } from './aggregation/settled-pass.js';
import { SharedPasses } from './aggregation/shared-passes.js';
import type { FinishedPass, RunPass } from './aggregation/shared-passes.js';
import { currentVersion, openDataset } from './dataset.js';
import type { Period } from './phone-stats.js';
import { sharedLook } from './shared-look.js';

export interface AggregatorOptions {
  /** Threads that know the jobs of `scan/range-jobs.ts`. */
  pool: JobRunner;
  /** What is kept over a restart. */
  cache: PassStore;
  clock: Clock;
  log: Logger;
  dataFile: string;
  /** How long a file that changes while it is read, or does not end yet, is tried again. Default 10,000. */
  settleMs?: number;
  /** How long a pass is answered from. Default 600,000. */
  ttlMs?: number;
  /** What a record that breaks the rules does. Default `fail`. */
  invalidRecords?: 'fail' | 'skip';
  /** Bytes of results in memory. Default 64 MiB. */
  memoryBytes?: number;
  /** Passes known in memory: one for each period asked for. Default 100. */
  maxPeriods?: number;
  metrics?: AggregatorMetrics;
}

/** Called as things happen; must not throw. */
export interface AggregatorMetrics {
  onPass?(seconds: number, outcome: 'completed' | 'failed'): void;
  onAnswer?(cached: boolean): void;
}

export interface Aggregator {
  readonly aggregate: AggregateCalls;
  readonly atOnce: AggregateAtOnce;
  /** Whether the data file could be seen when it was last looked at. */
  state(): PartState;
  /** Passes over the file that were begun since the start. */
  passes(): number;
  /** Looks for the data file; one that is missing is a state, not an error. */
  start(): Promise<void>;
  /** Ends every pass, whose waiters are told `reports.cancelled`, and finishes storing. */
  stop(): Promise<void>;
}

/** Names the form of what is stored: one that changes must have another name. */
const FORM = 'pass2';
/** The file may change between a pass and the look-up of its result, but not for ever. */
const MOST_TRIES = 5;
/** What `atOnce` waits for the look at the file. */
const LOOK_MS = 100;

const FILE_FAULTS = new Set(['reports.data-missing', 'reports.data-unreadable']);

export function createAggregator(options: AggregatorOptions): Aggregator {
  return new FileAggregator(options);
}

class FileAggregator implements Aggregator {
  readonly #options: AggregatorOptions;
  readonly #look = sharedLook(() => this.#lookNow());
  readonly #cache: PassCache;
  readonly #shared = new SharedPasses();
  #state: PartState = { status: 'starting' };
  #version = '';
  /** The last look, with an end to the waiting for it. */
  #soon: { look: Promise<string>; version: Promise<string | undefined> } | undefined;
  #passes = 0;
  #stopped = false;

  readonly aggregate: AggregateCalls = async (request, control) => {
    const answer = await this.#answer(request, control);
    this.#options.metrics?.onAnswer?.(answer.cached);
    return answer;
  };

  readonly atOnce: AggregateAtOnce = async ({ phones, period }) => {
    const version = await this.#lookSoon();
    const found =
      version === undefined ? undefined : this.#cache.inMemory(this.#key(version, period), phones);
    if (!found || this.#stopped) return undefined;
    this.#options.metrics?.onAnswer?.(true);
    return answerOf(found, version!, true);
  };

  constructor(options: AggregatorOptions) {
    this.#options = options;
    this.#cache = new PassCache({
      store: options.cache,
      clock: options.clock,
      ttlMs: options.ttlMs ?? 600_000,
      memoryBytes: options.memoryBytes ?? 64 * 2 ** 20,
      maxPasses: options.maxPeriods ?? 100,
    });
  }

  state(): PartState {
    return this.#state;
  }

  passes(): number {
    return this.#passes;
  }

  async start(): Promise<void> {
    try {
      await (await openDataset(this.#options.dataFile)).close();
      await this.#look();
    } catch (error) {
      this.#lost(error);
    }
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    await this.#shared.stop();
  }

  async #answer(request: AggregateRequest, control: AggregateControl): Promise<Aggregate> {
    let passed = false;
    for (let tries = 0; tries < MOST_TRIES; tries++) {
      let version = await this.#look();
      let found = await this.#find(version, request, control);
      if (!found && !this.#cache.knows(this.#key(version, request.period))) {
        ({ version } = await this.#join(version, request, control));
        passed = true;
        found = await this.#find(version, request, control);
      }
      if (found) return answerOf(found, version, !passed);
    }
    throw dataChanging();
  }

  async #find(
    version: string,
    { phones, period }: AggregateRequest,
    control: AggregateControl,
  ): Promise<CachedAnswer | undefined> {
    this.#mayGoOn(control);
    const found = await this.#cache.find(this.#key(version, period), phones);
    this.#mayGoOn(control);
    return found;
  }

  #join(version: string, { period }: AggregateRequest, control: AggregateControl): Promise<FinishedPass> {
    return this.#shared.join(this.#key(version, period), control, (signal, onProgress) =>
      this.#runPass(period, signal, onProgress),
    );
  }

  #mayGoOn(control: AggregateControl): void {
    if (control.signal.aborted || this.#stopped) throw aggregationCancelled(this.#stopped);
  }

  /** The version of the file that stands there now; results of other files are of no use any more. */
  async #lookNow(): Promise<string> {
    try {
      const { id, file } = await currentVersion(this.#options.dataFile);
      // Passes over earlier states of this file stay: it may only have grown since.
      if (id !== this.#version) this.#cache.keepOnly(`${FORM}/${file}:`);
      this.#version = id;
      this.#state = { status: 'ok' };
      return id;
    } catch (error) {
      this.#lost(error);
      throw error;
    }
  }

  /** Undefined where the file cannot be seen: a disk that hangs holds nobody up. */
  #lookSoon(): Promise<string | undefined> {
    const look = this.#look();
    if (this.#soon?.look === look) return this.#soon.version;
    const version = new Promise<string | undefined>((resolve) => {
      const late = this.#options.clock.after(LOOK_MS, () => resolve(undefined));
      const end = (found?: string): void => {
        late.cancel();
        resolve(found);
      };
      look.then(end, () => end());
    });
    this.#soon = { look, version };
    return version;
  }

  /** Where it is the file that failed, readiness shows it until the file is seen again. */
  #lost(error: unknown): void {
    const isOfFile = error instanceof AppError && FILE_FAULTS.has(error.code);
    if (isOfFile) this.#state = { status: 'down', detail: error.message };
  }

  #key(version: string, period: Period): string {
    return `${FORM}/${version}/${this.#kind(period)}`;
  }

  #group(period: Period): string {
    return `${FORM}/${this.#kind(period)}`;
  }

  /** What makes the results of two passes over the same data differ. */
  #kind({ fromMs, toMs }: Period): string {
    return `${fromMs ?? ''}/${toMs ?? ''}/${this.#options.invalidRecords ?? 'fail'}`;
  }

  async #runPass(...[period, ...told]: [Period, ...Parameters<RunPass>]): Promise<FinishedPass> {
    const { clock, log, metrics } = this.#options;
    const began = clock.monotonic();
    const seconds = (): number => (clock.monotonic() - began) / 1000;
    try {
      const pass = await this.#settledPass(period, ...told);
      const { version } = pass;
      if (pass.kind === 'not-wanted') return { version };
      const { shards, skipped, earlier } = pass;
      const from = earlier?.extent.end ?? 0;
      log.info({ seconds: seconds(), phones: shards.phones, skipped, period, from }, 'read the data file');
      metrics?.onPass?.(seconds(), 'completed');
      this.#cache.take(this.#key(version, period), this.#group(period), pass);
      return { version, afterwards: () => this.#cache.store() };
    } catch (error) {
      metrics?.onPass?.(seconds(), 'failed');
      if (this.#stopped) throw aggregationCancelled(true);
      this.#lost(error);
      if (!isCancelled(error)) log.warn({ err: error, period }, 'the data file was not read to its end');
      throw error;
    }
  }

  #settledPass(...[period, signal, onProgress]: [Period, ...Parameters<RunPass>]): Promise<SettledPass> {
    const { pool, clock, dataFile, settleMs = 10_000, invalidRecords } = this.#options;
    return settledPass({
      pool,
      clock,
      file: dataFile,
      settleMs,
      period,
      skipInvalid: invalidRecords === 'skip',
      signal,
      onProgress,
      wanted: (version) => this.#wanted(version, period),
      earlier: () => this.#cache.earlier(this.#group(period)),
    });
  }

  /** Another pass may have read this version and period while this one waited for its turn. */
  #wanted(version: string, period: Period): boolean {
    if (this.#cache.knows(this.#key(version, period))) return false;
    this.#passes++;
    return true;
  }
}

function answerOf(found: CachedAnswer, version: string, cached: boolean): Aggregate {
  const { stats, notFound, skipped: skippedRecords } = found;
  return { stats, notFound, skippedRecords, version, cached };
}

function isCancelled(error: unknown): boolean {
  return error instanceof AppError && error.code === 'reports.cancelled';
}
