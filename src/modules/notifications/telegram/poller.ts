import { type Clock, sleep } from '../../../kernel/clock.js';
import { messageOf } from '../../../kernel/errors.js';
import type { Logger } from '../../../kernel/logger.js';
import type { ApiAnswer, BotApi } from './bot-api.js';
import type { HandleUpdate } from './handle-update.js';
import type { Outage } from './outage.js';

export interface PollerDeps {
  clock: Clock;
  log: Logger;
  api: Pick<BotApi, 'getUpdates' | 'deleteWebhook'>;
  handle: HandleUpdate;
  outage: Outage;
  /** How long Telegram holds a call back while there is nothing. */
  pollS: number;
}

const MOST_AT_ONCE = 100;
const RETRY_MS = 1_000;
const CONFLICT = 409;

/**
 * Takes updates by long polling, one after the other. Telegram forgets an update when a later offset is asked for, which
 * happens after it was handled; one that was handled and not yet confirmed comes again, and is known.
 */
export function createPoller(deps: PollerDeps) {
  let stopping: AbortController | undefined;
  let working: Promise<void> = Promise.resolve();
  return {
    start(): void {
      if (stopping) return;
      stopping = new AbortController();
      working = poll(deps, stopping.signal);
    },
    /** Resolves after the update in hand. */
    async stop(): Promise<void> {
      stopping?.abort();
      await working;
      stopping = undefined;
    },
  };
}

/** Never rejects. */
async function poll(deps: PollerDeps, signal: AbortSignal): Promise<void> {
  const { api, outage, clock } = deps;
  let mayHaveWebhook = true;
  // Ids may begin anew after a week of silence: once Telegram has forgotten what was handled, no offset is named.
  let offset: number | undefined;
  while (!signal.aborted) {
    const removal: ApiAnswer<unknown> | undefined = mayHaveWebhook
      ? await api.deleteWebhook(signal)
      : undefined;
    const ask = { offset, limit: MOST_AT_ONCE, timeoutS: deps.pollS };
    const answer: ApiAnswer<unknown> = isRefused(removal) ? removal : await api.getUpdates(ask, signal);
    if (signal.aborted) return;
    mayHaveWebhook = isRefused(removal) || isConflict(answer);
    if (answer.kind === 'ok') {
      outage.over();
      offset = await handleAll(deps, answer.value as readonly unknown[], signal);
    } else {
      await sleep(clock, outage.met(answer), signal);
    }
  }
}

function isRefused(removal: ApiAnswer<unknown> | undefined): removal is ApiAnswer<unknown> {
  return removal !== undefined && removal.kind !== 'ok';
}

/** A webhook was set meanwhile, or somebody else polls with this token. */
function isConflict(answer: ApiAnswer<unknown>): boolean {
  return answer.kind === 'refused' && answer.code === CONFLICT;
}

/** Resolves to the offset that confirms what was handled; undefined where there was nothing. */
async function handleAll(
  { clock, log, handle }: PollerDeps,
  updates: readonly unknown[],
  signal: AbortSignal,
): Promise<number | undefined> {
  let offset: number | undefined;
  for (const update of updates) {
    while (!signal.aborted) {
      try {
        await handle(update);
        offset = after(update, offset);
        break;
      } catch (error) {
        log.warn({ error: messageOf(error) }, 'a message from Telegram waits; trying again');
        await sleep(clock, RETRY_MS, signal);
      }
    }
  }
  return offset;
}

function after(update: unknown, offset: number | undefined): number | undefined {
  const id = (update as { update_id?: unknown } | null)?.update_id;
  return typeof id === 'number' && Number.isSafeInteger(id) ? id + 1 : offset;
}
