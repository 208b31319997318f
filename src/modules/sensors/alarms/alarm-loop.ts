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

const LOOK_MS = 1_000;
/** Between two looks that follow events, so that many changes share one. */
const PAUSE_MS = 100;

/** Looks after alarms while it is started: soon after events, and every second. */
export function createAlarmLoop({ clock, log, events, look }: AlarmLoopDeps) {
  let active = false;
  let running: Promise<void> = Promise.resolve();
  let timer: Timer | undefined;
  let planned: 'pause' | 'look' | undefined;
  let forget: (() => void) | undefined;
  let lastError: string | undefined;

  function plan(kind: 'pause' | 'look'): void {
    if (!active || planned === 'pause' || planned === kind) return;
    timer?.cancel();
    planned = kind;
    timer = clock.after(kind === 'pause' ? PAUSE_MS : LOOK_MS, () => {
      planned = undefined;
      running = running.then(run);
    });
  }

  async function run(): Promise<void> {
    if (!active) return;
    try {
      const more = await look();
      lastError = undefined;
      plan(more ? 'pause' : 'look');
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
      forget = events.onAppended(() => plan('pause'));
      plan('pause');
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
