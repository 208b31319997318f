import type { Clock } from '../../kernel/clock.js';
import { toRfc3339 } from '../../kernel/clock.js';
import type { EventLog, NewEvent } from '../../kernel/event.js';
import type { Logger } from '../../kernel/logger.js';
import { periodically } from '../../kernel/periodic.js';
import type { Transactions } from '../../kernel/tx.js';
import type { Book, Standing } from './book.js';
import type { CourseViews } from './course-view.js';

export interface WatchSourcesDeps {
  db: Pick<Transactions, 'begin' | 'commit'>;
  clock: Clock;
  log: Logger;
  events: Pick<EventLog, 'append'>;
  book: Book;
  views: CourseViews;
}

export const SOURCE_SWITCHED = 'rates.source-switched';
export const SOURCE_LOST = 'rates.source-lost';
export const SOURCE_RECOVERED = 'rates.source-recovered';
export const SOURCE_DIVERGED = 'rates.source-diverged';

/** How a pair was answered when it was looked at last. */
interface Seen {
  exchanger: string;
  isStale: boolean;
  isDiverged: boolean;
}

const LOOK_EVERY_MS = 250;
/** In one transaction; more wait for the next look. */
const MOST_AT_ONCE = 500;

/** Writes what happens to the sources of pairs as events; on one replica at a time. */
export function createWatchSources({ db, clock, log, events, book, views }: WatchSourcesDeps) {
  const seen = new Map<string, Seen>();

  async function look(): Promise<void> {
    const changes = book
      .standings()
      .map((standing) => ({ standing, types: typesOf(seen.get(standing.pair), standing) }));
    const told = changes.filter(({ types }) => types.length > 0).slice(0, MOST_AT_ONCE);
    if (told.length > 0) {
      const tx = db.begin();
      for (const { standing, types } of told)
        for (const type of types) events.append(tx, eventOf(type, standing));
      await db.commit(tx);
    }
    for (const { standing } of told) seen.set(standing.pair, seenIn(standing));
    for (const { standing, types } of changes)
      if (types.length === 0) seen.set(standing.pair, seenIn(standing));
    if (seen.size > book.size) for (const pair of seen.keys()) if (!book.standing(pair)) seen.delete(pair);
  }

  function eventOf(type: string, standing: Standing): NewEvent {
    const { pair } = standing;
    const before = seen.get(pair)!.exchanger;
    const facts = { pair, from: before, to: standing.isStale ? null : standing.candidate.entry.exchanger };
    const time = clock.now();
    const head = JSON.stringify({ ...facts, at: toRfc3339(time) }).slice(0, -1);
    return { type, subject: `rates/${pair}`, time, data: `${head},"course":${views.course(standing)}}` };
  }

  const looks = periodically({ clock, log, everyMs: LOOK_EVERY_MS, what: 'writing events of sources' }, look);
  return {
    /** What is known now is where it begins: nothing is told of it. */
    start(): void {
      seen.clear();
      for (const standing of book.standings()) seen.set(standing.pair, seenIn(standing));
      looks.start();
    },
    stop: (): Promise<void> => looks.stop(),
  };
}

function seenIn({ candidate, isStale, isDiverged }: Standing): Seen {
  return { exchanger: candidate.entry.exchanger, isStale, isDiverged };
}

/** A pair that was not there before has nothing to compare with. */
function typesOf(before: Seen | undefined, now: Standing): string[] {
  if (!before) return [];
  const types: string[] = [];
  if (now.isStale && !before.isStale) types.push(SOURCE_LOST);
  else if (!now.isStale && before.isStale) types.push(SOURCE_RECOVERED);
  else if (!now.isStale && now.candidate.entry.exchanger !== before.exchanger) types.push(SOURCE_SWITCHED);
  if (now.isDiverged && !before.isDiverged) types.push(SOURCE_DIVERGED);
  return types;
}
