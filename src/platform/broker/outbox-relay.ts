import { type Clock, sleep } from '../../kernel/clock.js';
import { AppError } from '../../kernel/errors.js';
import type { Logger } from '../../kernel/logger.js';
import type { PartState } from '../../kernel/part-state.js';
import type { Database, Leadership } from '../db/database.js';
import { type Backoff, backoffMs } from './backoff.js';
import type { Broker } from './broker.js';
import type { DeadLetterBox } from './dead-letters.js';
import { OUTBOX_CHANNEL } from './outbox.js';
import { type Backlog, OutboxRows } from './outbox-rows.js';
import { type SentBatch, sendBatch } from './send-batch.js';
import { WakeUp } from './wake-up.js';

export interface OutboxRelayOptions {
  db: Database;
  broker: Broker;
  clock: Clock;
  log: Logger;
  deadLetters: DeadLetterBox;
  /** Messages published at once. Default 200. */
  batchSize?: number;
  /** How often to look without having been nudged. Default 1,000 ms. */
  pollMs?: number;
  /** Pause while nothing can be sent. Default 200 ms doubling to 2 s. */
  backoff?: Backoff;
}

export interface OutboxRelay {
  /** `degraded` while the broker is away and messages wait; says how many, and since when. */
  state(): PartState;
  backlog(): Promise<Backlog>;
  start(): Promise<void>;
  /** Resolves when the batch in flight is done with. */
  stop(): Promise<void>;
}

/**
 * Publishes what the outbox holds, in one process at a time (leader `outbox-relay`): in order, many in flight,
 * each row deleted once the broker has confirmed it. So a message leaves at least once, and twice only where
 * the process or a connection died between the two. A message that no queue takes, or that the broker refuses for good,
 * becomes a dead letter (`unroutable`, `refused`).
 */
export function createOutboxRelay(options: OutboxRelayOptions): OutboxRelay {
  return new Relay(options);
}

class Relay implements OutboxRelay {
  readonly #rows: OutboxRows;
  readonly #wake: WakeUp;
  readonly #options: Required<OutboxRelayOptions>;
  #leadership: Leadership | undefined;
  #loop: { stopping: AbortController; done: Promise<void> } | undefined;
  #forget: (() => void) | undefined;
  #backlog: Backlog = { depth: 0, oldestAt: null };
  /** Everything up to here was fetched, but for what commits late on PostgreSQL: so it goes back to 0 when nothing is found. */
  #cursor = 0;
  /** The removal of the batch before; the next is fetched meanwhile. */
  #removing: Promise<void> = Promise.resolve();
  #lastError: string | undefined;

  constructor(options: OutboxRelayOptions) {
    const defaults = { batchSize: 200, pollMs: 1_000, backoff: { baseMs: 200, capMs: 2_000 } };
    this.#options = { ...defaults, ...options };
    this.#rows = new OutboxRows(options.db);
    this.#wake = new WakeUp(options.clock);
  }

  state(): PartState {
    const { broker, clock } = this.#options;
    const { depth, oldestAt } = this.#backlog;
    if (oldestAt === null) return { status: 'ok' };
    const waited = Math.max(0, Math.round((clock.now() - oldestAt) / 1000));
    const many = depth === 1 ? '1 message waits' : `${depth} messages wait`;
    const detail = `${many} to be sent, the oldest for ${waited} s`;
    const away = broker.state().status !== 'ok' || this.#lastError !== undefined;
    return { status: away ? 'degraded' : 'ok', detail };
  }

  backlog(): Promise<Backlog> {
    return this.#rows.backlog();
  }

  async start(): Promise<void> {
    if (this.#leadership) return;
    const { db } = this.#options;
    this.#forget = db.onNudge(OUTBOX_CHANNEL, () => this.#wake.ring());
    this.#leadership = db.lead('outbox-relay', {
      start: () => this.#begin(),
      stop: () => this.#end(),
    });
  }

  async stop(): Promise<void> {
    this.#forget?.();
    const leadership = this.#leadership;
    this.#leadership = undefined;
    await leadership?.stop();
    await this.#end();
  }

  #begin(): void {
    if (this.#loop) return;
    const stopping = new AbortController();
    this.#loop = { stopping, done: this.#run(stopping.signal) };
  }

  async #end(): Promise<void> {
    const loop = this.#loop;
    this.#loop = undefined;
    if (!loop) return;
    loop.stopping.abort();
    this.#wake.ring();
    await loop.done;
    // Another process sends now: what was true of this one would look like trouble for ever.
    if (!this.#loop) [this.#backlog, this.#lastError] = [{ depth: 0, oldestAt: null }, undefined];
  }

  async #run(stopping: AbortSignal): Promise<void> {
    let failures = 0;
    let oneByOne = false;
    while (!stopping.aborted) {
      const result = await this.#sendSome(oneByOne);
      // A refusal closes the channel under every message in flight: only alone can it be told whose it was.
      oneByOne = result === 'refused';
      failures = result === 'failed' || result === 'refused' ? failures + 1 : 0;
      if (result === 'sent') continue;
      await this.#lookAtBacklog();
      const { backoff, pollMs, clock } = this.#options;
      if (failures > 0) await sleep(clock, backoffMs(failures, backoff), stopping);
      else await this.#wake.wait(pollMs);
    }
    await this.#fromTheStart().catch(() => undefined); // what was sent and not removed is sent again
  }

  async #sendSome(oneByOne: boolean): Promise<'sent' | 'nothing' | 'failed' | 'refused'> {
    const { batchSize, broker, clock } = this.#options;
    try {
      const batch = await this.#rows.head(this.#cursor, batchSize);
      if (batch.length === 0) return await this.#fromTheStart();
      this.#cursor = batch.at(-1)!.id;
      const sent = await sendBatch(batch, { broker, clock, oneByOne });
      await this.#removing;
      this.#removing = this.#remove(sent);
      this.#removing.catch(() => undefined); // it is looked at above, or when nothing is left
      if (sent.error === undefined) return this.#note('sent');
      await this.#fromTheStart();
      return this.#note(sent.refused ? 'refused' : 'failed', sent.error);
    } catch (error) {
      await this.#fromTheStart().catch(() => undefined);
      return this.#note('failed', error);
    }
  }

  /** The next look is one at everything. `sent` where what was just found is not all that there is. */
  async #fromTheStart(): Promise<'sent' | 'nothing'> {
    const wasBehind = this.#cursor > 0;
    this.#cursor = 0;
    const removing = this.#removing;
    this.#removing = Promise.resolve();
    await removing;
    return wasBehind ? 'sent' : this.#note('nothing');
  }

  async #remove(sent: SentBatch): Promise<void> {
    const { db, deadLetters, log } = this.#options;
    if (sent.done.length + sent.dead.length === 0) return;
    const tx = db.begin();
    this.#rows.remove(tx, [...sent.done, ...sent.dead.map((dead) => dead.id)]);
    for (const { letter } of sent.dead) deadLetters.add(tx, letter);
    await db.commit(tx);
    for (const { letter } of sent.dead)
      log.error({ reason: letter.reason, queue: letter.source }, 'a message cannot be sent');
  }

  /** Says once that it does not get on, and once that it does again. */
  #note<R extends string>(result: R, error?: unknown): R {
    const message = error === undefined ? undefined : error instanceof AppError ? error.code : 'unexpected';
    if (message !== this.#lastError) {
      if (message === undefined) this.#options.log.info({}, 'the outbox is sent again');
      else this.#options.log.warn({ err: error }, 'the outbox cannot be sent');
    }
    this.#lastError = message;
    return result;
  }

  async #lookAtBacklog(): Promise<void> {
    this.#backlog = await this.#rows.backlog().catch(() => this.#backlog);
  }
}
