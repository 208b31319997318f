import type { Clock } from '../../kernel/clock.js';
import type { Logger } from '../../kernel/logger.js';
import { periodically } from '../../kernel/periodic.js';
import type { PausesRepository } from './pauses.repository.js';

const LOOK_MS = 1_000;

export interface KnownPausesDeps {
  clock: Clock;
  log: Logger;
  pauses: Pick<PausesRepository, 'all'>;
  /** Whether other processes may pause a type too. */
  shared: boolean;
}

export type KnownPauses = ReturnType<typeof createKnownPauses>;

/**
 * What is known here of paused types: a hint, at most a second old where there are replicas, that saves asking. Whoever acts on
 * it lets the database decide.
 */
export function createKnownPauses({ clock, log, pauses, shared }: KnownPausesDeps) {
  /** Undefined as long as nothing is known. */
  let known: Set<string> | undefined;
  const looking = periodically({ clock, log, everyMs: LOOK_MS, what: 'looking for paused types' }, look);

  async function look(): Promise<void> {
    known = new Set((await pauses.all()).map(({ type }) => type));
  }

  return {
    isPaused: (type: string): boolean => known?.has(type) ?? true,
    /** Taken for paused until the database was asked. */
    doubt(type: string): void {
      known?.add(type);
      if (!shared) look().catch(() => (known = undefined));
    },
    /** This process pauses or resumes a type. */
    tell: (type: string, isPaused: boolean): void => void (isPaused ? known?.add(type) : known?.delete(type)),
    async start(): Promise<void> {
      await look();
      if (shared) looking.start();
    },
    stop: (): Promise<void> => looking.stop(),
  };
}
