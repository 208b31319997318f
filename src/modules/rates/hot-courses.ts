import type { HotAnswer, HotRead } from '../../kernel/hot-read.js';
import { COURSES_TYPE } from './course-view.js';
import type { CoursesView, CourseViews } from './course-view.js';
import { parsePair } from './pair.js';

const ONE = 'currency_pair?currency_pair=';
/** What needs no decoding, and is short; all else is for the controller. */
const PLAIN_NAME = /^[A-Za-z0-9._-]{3,96}$/;
const MOST_NAMES = 5_000;

/** `GET /api/v1/currency_pair` of pairs that are known, and `GET /api/v1/courses` of all. */
export function hotCourses(views: CourseViews): HotRead[] {
  /** Pairs by the names under which they are asked for. */
  const pairs = new Map<string, string>();

  function pairNamed(name: string): string | undefined {
    const known = pairs.get(name);
    if (known !== undefined) return known;
    const pair = PLAIN_NAME.test(name) ? parsePair(name) : undefined;
    if (pair === undefined) return undefined;
    if (pairs.size >= MOST_NAMES) pairs.clear();
    pairs.set(name, pair);
    return pair;
  }

  return [
    {
      route: '/api/v1/currency_pair',
      find(last) {
        if (!last.startsWith(ONE)) return undefined;
        const pair = pairNamed(last.slice(ONE.length));
        return pair === undefined ? undefined : answerOf(views.one(pair));
      },
    },
    {
      route: '/api/v1/courses',
      find: (last) => (last === 'courses' ? answerOf(views.all()) : undefined),
    },
  ];
}

function answerOf(view: CoursesView | undefined): HotAnswer | undefined {
  return view && { contentType: COURSES_TYPE, body: view.body, headers: { ETag: view.etag } };
}
