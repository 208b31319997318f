import type { Clock, Timer } from '../../kernel/clock.js';
import type { NewEvent } from '../../kernel/event.js';

export const PROGRESS_EVERY_MS = 250;

interface Told {
  /** What came since the last telling, to be told when the time is over. */
  next: (() => NewEvent) | undefined;
  timer: Timer;
}

/** Tells of each subject at once and then at most every 250 ms, the newest each time. */
export function createProgress(clock: Clock, tell: (event: NewEvent) => void) {
  const bySubject = new Map<string, Told>();

  function wait(subject: string): Told {
    const told: Told = {
      next: undefined,
      timer: clock.after(PROGRESS_EVERY_MS, () => {
        bySubject.delete(subject);
        if (!told.next) return;
        tell(told.next());
        bySubject.set(subject, wait(subject));
      }),
    };
    return told;
  }

  return {
    /** `event` is made only when it is told. */
    report(subject: string, event: () => NewEvent): void {
      const told = bySubject.get(subject);
      if (told) {
        told.next = event;
        return;
      }
      tell(event());
      bySubject.set(subject, wait(subject));
    },
    /** Something of more weight happened to the subject: what was still to be told of it is out of date. */
    forget(subject: string): void {
      const told = bySubject.get(subject);
      if (told) told.next = undefined;
    },
    stop(): void {
      for (const { timer } of bySubject.values()) timer.cancel();
      bySubject.clear();
    },
  };
}
