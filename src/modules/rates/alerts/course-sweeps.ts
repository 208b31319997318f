import type { Clock } from '../../../kernel/clock.js';
import { inSlices } from '../../../kernel/slices.js';
import type { Course } from '../course.js';

export interface Sweep<T> {
  /** What is to be done at a course that came at `at`, in steps. */
  steps: (course: Course, at: number) => Iterable<T>;
  each: (course: Course, step: T) => void;
}

interface Heard {
  course: Course;
  at: number;
}

/** Courses of one pair that wait for the one before: a second's. An older one is then left out. */
const MOST_WAITING = 5;

/** Does what grows with the windows of a pair in slices of time, one course of a pair after the other. */
export class CourseSweeps<T> {
  readonly #waiting = new Map<string, Heard[]>();
  readonly #running = new Set<Promise<void>>();

  constructor(
    private readonly clock: Clock,
    private readonly sweep: Sweep<T>,
  ) {}

  hear(course: Course, at: number): void {
    const waiting = this.#waiting.get(course.direction);
    if (waiting) {
      waiting.push({ course, at });
      if (waiting.length > MOST_WAITING) waiting.shift();
      return;
    }
    const running = this.#run(course.direction, [{ course, at }]).finally(() =>
      this.#running.delete(running),
    );
    this.#running.add(running);
  }

  /** Resolves when nothing is under way. */
  async idle(): Promise<void> {
    await Promise.all(this.#running);
  }

  async #run(pair: string, waiting: Heard[]): Promise<void> {
    this.#waiting.set(pair, waiting);
    for (let heard = waiting.shift(); heard; heard = waiting.shift()) {
      const { course, at } = heard;
      await inSlices(this.clock, this.sweep.steps(course, at), (step) => this.sweep.each(course, step));
    }
    this.#waiting.delete(pair);
  }
}
