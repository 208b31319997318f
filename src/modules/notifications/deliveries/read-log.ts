import { type Clock, sleep, type Timer } from '../../../kernel/clock.js';
import { messageOf } from '../../../kernel/errors.js';
import type { EventLog } from '../../../kernel/event.js';
import type { Logger } from '../../../kernel/logger.js';
import { SCHEDULED_TYPES } from './fan-out.js';
import type { FanOut } from './fan-out.js';

const POLL_MS = 1_000;
/** Between two looks where events keep coming: those of this time share the look, and its commit. */
const REST_MS = 20;

/** Takes the log's events soon after they were written, while this process leads. */
export function createLogReader(deps: { fanOut: FanOut; events: EventLog; clock: Clock; log: Logger }) {
  const { fanOut, events, clock, log } = deps;
  let active = false;
  let isFailing = false;
  let busy: Promise<void> | undefined;
  let again = false;
  let timer: Timer | undefined;
  let forget: (() => void) | undefined;
  let stopping = new AbortController();

  async function drain(): Promise<void> {
    do {
      again = false;
      try {
        while (active && !(await fanOut.step('position')).isDone);
        isFailing = false;
      } catch (error) {
        if (!isFailing)
          log.warn({ error: messageOf(error) }, 'events could not be taken for webhooks; trying again');
        isFailing = true;
        return;
      }
      await sleep(clock, REST_MS, stopping.signal);
    } while (again && active);
  }

  function wake(): void {
    if (!active) return;
    again = true;
    busy ??= drain().finally(() => (busy = undefined));
  }

  function poll(): void {
    wake();
    timer = clock.after(POLL_MS, poll);
  }

  return {
    isFailing: () => isFailing,
    start(): void {
      if (active) return;
      active = true;
      stopping = new AbortController();
      forget = events.onAppended(wake);
      poll();
    },
    async stop(): Promise<void> {
      active = false;
      stopping.abort();
      forget?.();
      timer?.cancel();
      await busy;
    },
  };
}

/**
 * Makes the deliveries of a scheduled event type: of all its events that were committed before the call, each once,
 * on whichever replica it is called. Throws for a type that is not scheduled.
 */
export async function announce(
  { fanOut, events }: { fanOut: FanOut; events: EventLog },
  type: string,
): Promise<{ made: number }> {
  if (!SCHEDULED_TYPES.includes(type)) throw new Error(`events of the type ${type} are taken as they come`);
  const until = await events.settled();
  let made = 0;
  for (;;) {
    const step = await fanOut.step('scheduled_position');
    made += step.made;
    if (step.isDone || step.position >= until) return { made };
  }
}
