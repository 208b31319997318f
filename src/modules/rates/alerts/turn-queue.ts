import type { Course } from '../course.js';
import type { AlertState } from './alert.js';
import type { Crossing, Watched } from './quantity.js';

/** That an alert is to turn, and why. */
export interface Turn {
  watched: Watched;
  to: AlertState;
  course: Course;
  changePct: string | undefined;
}

type Group = Crossing & { course: Course };

/** What turns, one pair after the other, so that many alerts on one keep no other waiting. Holds each alert once at most. */
export class TurnQueue {
  readonly #byPair = new Map<string, Group[]>();

  add(course: Course, crossings: readonly Crossing[]): void {
    if (crossings.length === 0) return;
    const groups = this.#byPair.get(course.direction) ?? [];
    this.#byPair.set(course.direction, groups);
    for (const crossing of crossings) groups.push({ ...crossing, course });
  }

  take(): Turn | undefined {
    for (const [pair, groups] of this.#byPair) {
      this.#byPair.delete(pair);
      const [group] = groups;
      const watched = group?.watched.pop();
      if (!group || !watched) continue;
      if (group.watched.length === 0) groups.shift();
      if (groups.length > 0) this.#byPair.set(pair, groups);
      return { watched, to: group.to, course: group.course, changePct: group.changePct };
    }
    return undefined;
  }

  clear(): void {
    this.#byPair.clear();
  }
}
