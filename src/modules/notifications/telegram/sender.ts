import { type Clock, sleep } from '../../../kernel/clock.js';
import { messageOf } from '../../../kernel/errors.js';
import type { Logger } from '../../../kernel/logger.js';
import type { Transactions, Tx } from '../../../kernel/tx.js';
import type { ApiAnswer, BotApi } from './bot-api.js';
import type { Outage } from './outage.js';
import type { Pace } from './pace.js';
import { judge } from './judge-answer.js';
import type { Verdict } from './judge-answer.js';
import type { TelegramRepository, WaitingMessage } from './telegram.repository.js';

export type MessageOutcome = 'sent' | 'failed' | 'blocked' | 'retried';

export interface SenderDeps {
  db: Transactions;
  clock: Clock;
  log: Logger;
  api: Pick<BotApi, 'sendMessage'>;
  repository: Pick<TelegramRepository, 'heads' | 'endMessage' | 'retryMessage' | 'blockChat'>;
  pace: Pace;
  outage: Outage;
  onOutcome: (outcome: MessageOutcome) => void;
}

/** Calls under way at once; one of each chat, so that its messages keep their order. */
const MOST_AT_ONCE = 10;
/** More chats than can be within their pause at once. */
const LOOK_AT = 150;
const LOOK_MS = 2_000;
const RETRY_MS = 1_000;
/** How long a stop lets calls that are under way go on. */
const PATIENCE_MS = 2_000;

/**
 * Sends what waits, in one process at a time. A call that was under way when the process died is made again, so that a
 * message may come twice, never not at all.
 */
export function createSender(deps: SenderDeps) {
  const { clock, log, pace, outage, repository } = deps;
  const underWay = new Map<string, Promise<void>>();
  let rung = new AbortController();
  let hurry = new AbortController();
  let stopping: AbortController | undefined;
  let working: Promise<void> = Promise.resolve();

  async function work(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      rung = new AbortController();
      const waitMs = await startDue().catch((error: unknown) => {
        log.warn({ error: messageOf(error) }, 'messages to Telegram wait for the database');
        return RETRY_MS;
      });
      // A wake-up, or the end, may have come while it looked.
      if (!signal.aborted && !rung.signal.aborted) await sleep(clock, waitMs, rung.signal);
    }
    await Promise.all(underWay.values());
  }

  /** Starts what may leave now; resolves to the time after which there may be more. */
  async function startDue(): Promise<number> {
    let room = (outage.isOn() ? 1 : MOST_AT_ONCE) - underWay.size;
    if (room <= 0) return LOOK_MS;
    let wait = LOOK_MS;
    for (const head of await repository.heads(clock.now(), [...underWay.keys()], LOOK_AT)) {
      const now = clock.monotonic();
      const readyAt = pace.readyAt(head.chatId, now);
      if (readyAt > now) wait = Math.min(wait, readyAt - now);
      if (readyAt > now || room === 0) continue;
      room--;
      pace.sent(head.chatId, now);
      const done = deliver(deps, head, hurry.signal).finally(() => {
        underWay.delete(head.chatId);
        rung.abort();
      });
      underWay.set(head.chatId, done);
    }
    return wait;
  }

  return {
    /** There may be something new. */
    wake: (): void => rung.abort(),
    start(): void {
      if (stopping) return;
      stopping = new AbortController();
      hurry = new AbortController();
      working = work(stopping.signal);
    },
    /** Resolves when nothing is under way; what was cut off is sent by whoever is next. */
    async stop(): Promise<void> {
      stopping?.abort();
      rung.abort();
      const late = clock.after(PATIENCE_MS, () => hurry.abort());
      await working;
      late.cancel();
      stopping = undefined;
    },
  };
}

/** Never rejects. */
async function deliver(deps: SenderDeps, message: WaitingMessage, signal: AbortSignal): Promise<void> {
  const answer = await deps.api.sendMessage(message, signal);
  deps.pace.answered(message.chatId, deps.clock.monotonic());
  if (signal.aborted && answer.kind === 'unreachable') return;
  const verdict = judge(answer);
  await settle(deps, message, verdict, answer, signal);
}

/** What Telegram took must not be sent again because the database is away: the chat waits. */
async function settle(
  deps: SenderDeps,
  message: WaitingMessage,
  verdict: Verdict,
  answer: ApiAnswer<unknown>,
  signal: AbortSignal,
): Promise<void> {
  const { clock, log, db, onOutcome } = deps;
  const write = WRITES[verdict](deps, message, answer);
  for (;;) {
    const tx = db.begin();
    write(tx);
    try {
      await db.commit(tx);
      return onOutcome(
        verdict === 'sent' || verdict === 'failed' || verdict === 'blocked' ? verdict : 'retried',
      );
    } catch (error) {
      log.warn({ error: messageOf(error) }, 'what became of a message to Telegram waits for the database');
    }
    if (signal.aborted) return;
    await sleep(clock, RETRY_MS, signal);
  }
}

type Write = (deps: SenderDeps, message: WaitingMessage, answer: ApiAnswer<unknown>) => (tx: Tx) => void;

const WRITES: Readonly<Record<Verdict, Write>> = {
  sent: end('sent'),
  failed: end('failed'),
  blocked:
    ({ clock, repository, outage }, message) =>
    (tx) => {
      outage.over();
      const at = clock.now();
      repository.endMessage(tx, message, { state: 'blocked', at, error: 'the chat blocked the bot' });
      repository.blockChat(tx, message.chatId, at);
    },
  later: ({ clock, repository, pace, outage }, message, answer) => {
    const waitMs = outage.met(answer);
    pace.pause(clock.monotonic() + waitMs);
    const notBefore = clock.now() + outage.waitOf(message.attempts + 1, waitMs);
    return (tx) => repository.retryMessage(tx, message, { notBefore, error: reasonOf(answer) });
  },
};

function end(state: 'sent' | 'failed'): Write {
  return ({ clock, repository, outage, log }, message, answer) => {
    outage.over();
    const error = state === 'sent' ? null : reasonOf(answer);
    if (error !== null) log.warn({ reason: error }, 'Telegram does not take a message');
    return (tx) => repository.endMessage(tx, message, { state, at: clock.now(), error });
  };
}

function reasonOf(answer: ApiAnswer<unknown>): string {
  if (answer.kind === 'ok') return '';
  return answer.kind === 'refused' ? `${answer.code}: ${answer.reason}` : answer.reason;
}
