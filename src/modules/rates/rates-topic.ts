import type { Clock } from '../../kernel/clock.js';
import type { NewEvent } from '../../kernel/event.js';
import type { LiveTopic } from '../../kernel/live-topic.js';
import type { Book, Standing } from './book.js';
import type { CourseViews } from './course-view.js';

export const COURSE_UPDATED = 'rates.course-updated';

/** Courses in the snapshot over all pairs. */
const MOST_SHOWN = 1_000;

/** `rates`: the courses of all pairs, at most 1,000; `rates.<PAIR>`: that of one, null while nothing is known of what is followed. */
export function createRatesTopic(book: Book, views: CourseViews, clock: Clock): LiveTopic {
  const courseOf = (standing: Standing): unknown => JSON.parse(views.course(standing));
  const standings = (): readonly Standing[] => book.standings().slice(0, MOST_SHOWN);
  const standingsOf = (pair: string): readonly Standing[] => {
    const standing = book.standing(pair);
    return standing ? [standing] : [];
  };
  return {
    name: 'rates',
    snapshot: async () => ({ courses: standings().map(courseOf) }),
    snapshotOf: async (pair) => {
      const standing = book.standing(pair);
      if (standing) return courseOf(standing);
      return book.isAwaited(pair) ? null : undefined;
    },
    newestTold: (pair) =>
      (pair === undefined ? standings() : standingsOf(pair)).map((standing) =>
        courseEvent(standing, views, clock.now()),
      ),
  };
}

/** A course that has changed, for who is watching now; not stored. */
export function courseEvent(standing: Standing, views: CourseViews, now: number): NewEvent {
  return {
    type: COURSE_UPDATED,
    subject: `rates/${standing.pair}`,
    time: now,
    data: views.course(standing),
  };
}
