import { messageOf } from '../../kernel/errors.js';
import { createFeed } from './feed.js';
import type { Feed, FeedDeps } from './feed.js';
import type { SourceState } from './sources/source.js';
import type { TrackedPair } from './tracked-pair.js';

/** What goes on while this replica feeds, and only then. */
export interface FeedingDuty {
  start: () => void;
  stop: () => Promise<void>;
}

export interface FeedingDeps extends FeedDeps {
  duties: readonly FeedingDuty[];
  /** Writes what is left when it ends. */
  flush: () => Promise<void>;
}

/** The duty of the one replica that asks the sources, writes the history and the events. */
export function createFeeding(deps: FeedingDeps) {
  let tracked: readonly TrackedPair[] = [];
  let feed: Feed | undefined;

  return {
    /** From now on, and whenever this replica has the duty. */
    follow(targets: readonly TrackedPair[]): void {
      tracked = targets;
      feed?.follow(targets);
    },
    isFeeding: (): boolean => feed !== undefined,
    /** Of each source; undefined where another replica feeds. */
    states: (): Record<string, SourceState> | undefined => feed?.states(),
    start: (): void => {
      if (feed) return;
      feed = createFeed(deps);
      feed.follow(tracked);
      for (const duty of deps.duties) duty.start();
    },
    stop: async (): Promise<void> => {
      const ending = feed;
      if (!ending) return;
      feed = undefined;
      await Promise.all([ending.stop(), ...deps.duties.map((duty) => duty.stop())]);
      await deps.flush().catch((error: unknown) => {
        deps.log.warn({ error: messageOf(error) }, 'the last minutes of rates could not be written');
      });
    },
  };
}
