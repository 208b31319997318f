import type { Clock, Timer } from '../../kernel/clock.js';
import { Book, courseOf } from './book.js';
import type { BookOptions, Taken } from './book.js';
import { Conflation } from './conflation.js';
import { convertThrough } from './conversion.js';
import type { Course } from './course.js';
import { parsePair } from './pair.js';
import type { Word } from './quote.js';
import type { RatesApi } from './rates-api.js';
import type { TrackedPair } from './tracked-pair.js';

/** Of one pair, to whoever listens. */
const TOLD_EVERY_MS = 200;
/** How soon it is told that a course went stale. */
const LOOK_EVERY_MS = 250;

export interface Courses extends Omit<RatesApi, 'history'> {
  readonly book: Book;
  take: (word: Word, own: boolean) => Taken;
  track: (tracked: readonly TrackedPair[]) => void;
  start: () => void;
  stop: () => void;
}

/** The book, and who hears of its changes. */
export function createCourses(options: BookOptions & { clock: Clock }): Courses {
  const { clock } = options;
  const book = new Book(options);
  const listeners = new Set<(course: Course) => void>();
  const told = new Map<string, boolean>();
  const telling = new Conflation<true>(clock, TOLD_EVERY_MS, tell);
  let timer: Timer | undefined;

  function tell(pair: string): void {
    const standing = book.standing(pair);
    if (!standing) return;
    told.set(pair, standing.isStale);
    const course = courseOf(standing);
    for (const listener of listeners) listener(course);
  }

  /** Going stale is a change that nobody sends. */
  function look(): void {
    for (const [pair, wasStale] of told) {
      const standing = book.standing(pair);
      if (standing && standing.isStale !== wasStale) telling.offer(pair, true);
    }
    timer = clock.after(LOOK_EVERY_MS, look);
  }

  return {
    book,
    take(word, own) {
      const taken = book.take(word, own);
      if (taken === 'taken') for (const pair of book.served(word.pair)) telling.offer(pair, true);
      return taken;
    },
    track(tracked) {
      book.track(tracked);
      const left = new Set(book.pairs());
      telling.keep((pair) => left.has(pair));
      for (const pair of told.keys()) if (!left.has(pair)) told.delete(pair);
    },
    course(text) {
      const pair = parsePair(text);
      const standing = pair === undefined ? undefined : book.standing(pair);
      return standing && courseOf(standing);
    },
    courses: (filter) => book.standings(filter).map(courseOf),
    pairs: () => book.pairs(),
    onCourse(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    convert: (from, to, amount) => convertThrough(book, { from, to, amount, now: clock.now() }),
    start: () => void (timer ??= clock.after(LOOK_EVERY_MS, look)),
    stop() {
      timer?.cancel();
      timer = undefined;
      telling.stop();
    },
  };
}
