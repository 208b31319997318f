import type { Clock } from '../../../kernel/clock.js';
import { sleep } from '../../../kernel/clock.js';
import type { AggregateProgress } from '../aggregate.js';
import { aggregationCancelled, dataChanging, dataDamaged } from '../aggregate-errors.js';
import { currentVersion, openDataset } from '../dataset.js';
import type { OpenDataset } from '../dataset.js';
import { hasOnlyGrown } from './grown-file.js';
import type { EarlierPass, Extent } from './grown-file.js';
import type { JobRunner } from './job-runner.js';
import { Pass } from './run-pass.js';
import type { PassOutcome, PassSettings } from './run-pass.js';
import type { Shards } from '../scan/shards.js';

export interface SettledPassInput extends Omit<PassSettings, 'earlier'> {
  pool: JobRunner;
  clock: Clock;
  file: string;
  /** How long a file that changes or does not end yet is tried again. */
  settleMs: number;
  /** Told the file's version before it is read; false where that version need not be read. */
  wanted(version: string): boolean;
  /** The last pass that a pass of this kind could build on. */
  earlier: () => Promise<EarlierPass | undefined>;
  onProgress(progress: AggregateProgress): void;
}

export type SettledPass =
  | {
      kind: 'read';
      version: string;
      shards: Shards;
      skipped: number;
      extent: Extent | null;
      /** The pass that this one was built on. */
      earlier: EarlierPass | undefined;
    }
  | { kind: 'not-wanted'; version: string };

/** `damage` where the file did not change, but does not end either. */
type Attempt = SettledPass | { kind: 'unsettled'; version: string; damage: Error | null };

const PROGRESS_EVERY_MS = 100;
const [FIRST_PAUSE_MS, LONGEST_PAUSE_MS] = [100, 1_000];
/** File times move in steps of a few ms; a write within one step could keep the version, so reading waits it out. */
const TIME_STEP_MS = 20;

/**
 * Passes over the file until one has seen the same version from its start to its end. Rejects with
 * `reports.data-changing`, `reports.data-damaged`, `reports.cancelled` and what `openDataset` rejects with.
 */
export async function settledPass(input: SettledPassInput): Promise<SettledPass> {
  const patience = new Patience(input);
  for (;;) {
    const attempt = await attemptPass(input);
    if (attempt.kind === 'read' || attempt.kind === 'not-wanted') return attempt;
    const { damage } = attempt;
    do {
      await patience.pause(damage ?? dataChanging());
      // A file that does not end yet is only read again when something was written to it.
    } while (damage && (await currentVersion(input.file)).id === attempt.version);
  }
}

/** Growing pauses, from the first failed attempt on for `settleMs` in all. */
class Patience {
  readonly #input: SettledPassInput;
  #pauseMs = FIRST_PAUSE_MS;
  #end: number | undefined;

  constructor(input: SettledPassInput) {
    this.#input = input;
  }

  /** Throws `failure` where the time is used up. */
  async pause(failure: Error): Promise<void> {
    const now = this.#input.clock.monotonic();
    this.#end ??= now + this.#input.settleMs;
    if (now >= this.#end) throw failure;
    await pause(this.#input, Math.min(this.#pauseMs, this.#end - now));
    this.#pauseMs = Math.min(this.#pauseMs * 2, LONGEST_PAUSE_MS);
  }
}

async function attemptPass(input: SettledPassInput): Promise<Attempt> {
  const dataset = await openDataset(input.file);
  try {
    if (!input.wanted(dataset.version.id)) return { kind: 'not-wanted', version: dataset.version.id };
    if (Math.abs(input.clock.now() - dataset.version.changedMs) < TIME_STEP_MS) {
      await pause(input, TIME_STEP_MS);
    }
    const earlier = await appendedTo(input, dataset);
    return await judge(dataset, await observedPass(input, dataset, earlier), earlier);
  } finally {
    await dataset.close();
  }
}

/** The earlier pass, where the file was only appended to since and its results are all there. */
async function appendedTo(
  { pool, earlier: find }: SettledPassInput,
  dataset: OpenDataset,
): Promise<EarlierPass | undefined> {
  const earlier = await find();
  if (!earlier || !(await hasOnlyGrown(pool, dataset, earlier.extent))) return undefined;
  const parts = await earlier.parts();
  return parts && { ...earlier, parts: async () => parts };
}

async function judge(
  dataset: OpenDataset,
  outcome: PassOutcome,
  earlier: EarlierPass | undefined,
): Promise<Attempt> {
  const version = dataset.version.id;
  if (!(await dataset.unchanged())) return { kind: 'unsettled', version, damage: null };
  if (outcome.kind === 'read') return { ...outcome, version, earlier };
  const damage = dataDamaged(outcome.offset, outcome.reason);
  if (!outcome.unfinished) throw damage;
  return { kind: 'unsettled', version, damage };
}

/** One pass, whose progress is told every 100 ms. */
async function observedPass(
  input: SettledPassInput,
  dataset: OpenDataset,
  earlier: EarlierPass | undefined,
): Promise<PassOutcome> {
  const { pool, period, skipInvalid, signal } = input;
  const pass = new Pass(pool, dataset, { period, skipInvalid, signal, ...(earlier && { earlier }) });
  const tell = (): void => {
    input.onProgress(pass.progress());
    timer = input.clock.after(PROGRESS_EVERY_MS, tell);
  };
  let timer = input.clock.after(PROGRESS_EVERY_MS, tell);
  try {
    const outcome = await pass.run();
    input.onProgress(pass.progress());
    return outcome;
  } finally {
    timer.cancel();
  }
}

async function pause({ clock, signal }: SettledPassInput, delayMs: number): Promise<void> {
  await sleep(clock, delayMs, signal);
  if (signal.aborted) throw aggregationCancelled();
}
