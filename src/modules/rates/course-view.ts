import { createHash } from 'node:crypto';
import type { Clock } from '../../kernel/clock.js';
import { toRfc3339 } from '../../kernel/clock.js';
import type { Book, Standing } from './book.js';
import type { CourseFilter } from './course.js';

export const COURSES_TYPE = 'application/json; charset=utf-8';

/** An answer, and its tag, which is weak: an age goes on while the course is the same. */
export interface CoursesView {
  body: string;
  etag: string;
}

/** A course as JSON, but for its age: that of the moment when it is sent goes between. */
interface CourseText {
  head: string;
  tail: string;
  at: number;
  etag: string;
  of: { entry: Standing['candidate']['entry']; version: number; isStale: boolean; isDiverged: boolean };
}

/** A list that was put together this long ago is right to the tenth of a second that ages are told in. */
const LIST_FRESH_MS = 50;

/** Courses as REST shows them, each serialised once per change. */
export class CourseViews {
  readonly #texts = new Map<string, CourseText>();
  #all: { at: number; view: CoursesView } | undefined;

  constructor(
    private readonly book: Book,
    private readonly clock: Clock,
  ) {}

  /** The best course of a pair in canonical form. */
  one(pair: string): CoursesView | undefined {
    const standing = this.book.standing(pair);
    if (!standing) return undefined;
    const text = this.#textOf(standing);
    const { exchanger } = standing.candidate.entry;
    return { body: `{"exchanger":"${exchanger}","courses":[${this.#aged(text)}]}`, etag: text.etag };
  }

  /** Each pair from its best source. */
  all(): CoursesView {
    const now = this.clock.monotonic();
    if (!this.#all || now - this.#all.at > LIST_FRESH_MS) this.#all = { at: now, view: this.some({}) };
    return this.#all.view;
  }

  some(filter: CourseFilter): CoursesView {
    const standings = this.book.standings(filter);
    const isBest = filter.exchanger === undefined;
    const texts = standings.map((standing) => (isBest ? this.#textOf(standing) : textOf(standing)));
    const top = filter.exchanger ?? firstLiving(standings);
    const body = `{"exchanger":${JSON.stringify(top)},"courses":[${texts.map((text) => this.#aged(text)).join(',')}]}`;
    const hash = createHash('sha1').update(texts.map(({ etag }) => etag).join());
    return { body, etag: `W/"${hash.digest('base64url')}"` };
  }

  /** One course alone, as JSON text. */
  course(standing: Standing): string {
    return this.#aged(this.#textOf(standing));
  }

  #textOf(standing: Standing): CourseText {
    const { pair, isStale, isDiverged } = standing;
    const { entry } = standing.candidate;
    const known = this.#texts.get(pair);
    if (known?.of.entry === entry && known.of.version === entry.version) {
      if (known.of.isStale === isStale && known.of.isDiverged === isDiverged) return known;
    }
    // As many as there are pairs in the book, whose number is bounded; those that left it go when others come.
    if (this.#texts.size > 2 * this.book.size) this.#texts.clear();
    const text = textOf(standing);
    this.#texts.set(pair, text);
    return text;
  }

  #aged({ head, tail, at }: CourseText): string {
    return `${head}${ageS(at, this.clock.now())}${tail}`;
  }
}

/** Seconds, to the tenth. */
export function ageS(at: number, now: number): number {
  return Math.max(0, Math.round((now - at) / 100)) / 10;
}

function textOf(standing: Standing): CourseText {
  const { pair, isStale, isDiverged } = standing;
  const { entry, quotedIn } = standing.candidate;
  const { exchanger, valueText, at, version } = entry;
  const marks = `${isStale ? '-stale' : ''}${isDiverged ? '-diverged' : ''}`;
  return {
    head:
      `{"direction":"${pair}","value":${valueText},"value_text":"${valueText}","exchanger":"${exchanger}",` +
      `"updated_at":"${toRfc3339(at)}","age_s":`,
    tail:
      `,"stale":${isStale}${quotedIn === undefined ? '' : `,"quoted_in":"${quotedIn}"`}` +
      `${isDiverged ? ',"diverged":true' : ''}}`,
    at,
    etag: `W/"${exchanger}-${pair}-${at}-${valueText}${marks}"`,
    of: { entry, version, isStale, isDiverged },
  };
}

/** Null where none lives. */
function firstLiving(standings: readonly Standing[]): string | null {
  const living = standings.filter(({ isStale }) => !isStale).map(({ candidate }) => candidate.entry);
  if (living.length === 0) return null;
  return living.reduce((first, entry) => (entry.priority < first.priority ? entry : first)).exchanger;
}
