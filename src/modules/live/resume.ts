import type { Clock } from '../../kernel/clock.js';
import type { EventLog } from '../../kernel/event.js';
import type { RecentEvents } from './recent-events.js';

export interface ResumeDeps {
  clock: Clock;
  events: Pick<EventLog, 'last' | 'read'>;
  recent: RecentEvents;
}

/** Older than what is in memory, events are replayed from the table if they are this few, or this young. */
export const MOST_REPLAYED = 10_000;
export const REPLAYED_MS = 10 * 60_000;

/** Whether everything after a position can still be given. */
export async function canResume(deps: ResumeDeps, since: number): Promise<boolean> {
  const { clock, events, recent } = deps;
  // A replica may be ahead of this one; a position that nobody has reached is of another database.
  if (since > recent.head) return since <= (await events.last());
  if (recent.reachesBackTo(since)) return true;
  const [next] = await events.read(since, 1);
  if (next?.position !== since + 1) return false;
  return recent.head - since <= MOST_REPLAYED || next.time >= clock.now() - REPLAYED_MS;
}
