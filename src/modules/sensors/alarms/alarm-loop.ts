import type { Clock, Timer } from '../../../kernel/clock.js';
import { messageOf } from '../../../kernel/errors.js';
import type { EventLog } from '../../../kernel/event.js';
import type { Logger } from '../../../kernel/logger.js';
import type { PartState } from '../../../kernel/part-state.js';

export interface AlarmLoopDeps {
  clock: Clock;
  log: Logger;
  events: Pick<EventLog, 'onAppended'>;
  /** Works off what there is; whether there may be more. */
  look: () => Promise<boolean>;
}

/** How long until the next look: where the last left something, after events, so that many changes share it, and in any case. */
const DELAYS_MS = { more: 20, events: 100, look: 1_000 };

/** Looks after alarms while it is started: soon after events, and every second. */
export function createAlarmLoop({ clock, log, events, look }: AlarmLoopDeps) {
  let active = false;
  let running: Promise<void> = Promise.resolve();
  let timer: Timer | undefined;
  let planned: keyof typeof DELAYS_MS | undefined;
  let forget: (() => void) | undefined;
  let lastError: string | undefined;

  function plan(kind: keyof typeof DELAYS_MS): void {
    if (!active || (planned && DELAYS_MS[planned] <= DELAYS_MS[kind])) return;
    timer?.cancel();
    planned = kind;
    timer = clock.after(DELAYS_MS[kind], () => {
      planned = undefined;
      running = running.then(run);
    });
  }

  async function run(): Promise<void> {
    if (!active) return;
    try {
      const more = await look();
      lastError = undefined;
      plan(more ? 'more' : 'look');
    } catch (error) {
      lastError = messageOf(error);
      log.warn({ error: lastError }, 'alarms could not be looked after; trying again');
      plan('look');
    }
  }

  return {
    state: (): PartState =>
      lastError === undefined ? { status: 'ok' } : { status: 'degraded', detail: lastError },
    start(): void {
      active = true;
      forget = events.onAppended(() => plan('events'));
      plan('events');
    },
    async stop(): Promise<void> {
      active = false;
      forget?.();
      timer?.cancel();
      planned = undefined;
      await running;
    },
  };
}
