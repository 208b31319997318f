import { type Channel, Connection } from 'rabbitmq-client';
import { type Clock, sleep } from '../../kernel/clock.js';
import { AppError } from '../../kernel/errors.js';
import type { Logger } from '../../kernel/logger.js';
import type { PartState } from '../../kernel/part-state.js';
import { backoffMs } from './backoff.js';
import type { DeclaredTopology } from './declared-topology.js';
import { codeOf, declareTopology } from './rabbit-topology.js';
import { keepBytes } from './raw-bodies.js';

const HEARTBEAT_S = 20;
const CLOSE_TIMEOUT_MS = 3_000;

export interface RabbitLinkOptions {
  url: string;
  /** Shown in the server's management page. */
  name: string;
  topology: DeclaredTopology;
  /** Called for what exists with other arguments and is used as it is. */
  onExisting: (what: string) => void;
  clock: Clock;
  log: Logger;
  connectTimeoutMs: number;
  /** Pause between attempts to connect, growing from the first to the second. */
  reconnectMs: { low: number; high: number };
}

/** One connection that comes back by itself, ready once the topology is declared on it. */
export class RabbitLink {
  readonly #stopping = new AbortController();
  readonly #waiting = new Set<() => void>();
  #connection: Connection | undefined;
  /** Counts connections, so that a declaration of one that was lost is not taken for one of the next. */
  #generation = 0;
  #declared = 0;
  #blocked = false;
  #detail: string | undefined;

  constructor(private readonly options: RabbitLinkOptions) {}

  /** Connected, topology declared, and not blocked by the server. */
  get ready(): boolean {
    return this.#connection?.ready === true && this.#declared === this.#generation;
  }

  state(): PartState {
    if (this.ready) return { status: 'ok' };
    const status = this.#declared === 0 ? 'starting' : 'degraded';
    if (this.#blocked) return { status, detail: 'the server takes no messages now (connection blocked)' };
    return { status, detail: this.#detail ?? 'connecting' };
  }

  start(): void {
    if (this.#connection) return;
    const { url, name, connectTimeoutMs, reconnectMs, log } = this.options;
    const connection = new Connection({
      url,
      connectionName: name,
      connectionTimeout: connectTimeoutMs,
      acquireTimeout: connectTimeoutMs,
      heartbeat: HEARTBEAT_S,
      retryLow: reconnectMs.low,
      retryHigh: reconnectMs.high,
      noDelay: true,
    });
    connection.on('error', (error: unknown) => {
      if (connection.ready) return log.warn({ name, err: error }, 'RabbitMQ reported an error');
      this.#detail = `not connected: ${codeOf(error) ?? 'unknown'}`;
      log.warn({ name, err: error }, 'RabbitMQ is away; connecting again until it is there');
    });
    connection.on('connection.blocked', () => (this.#blocked = true));
    connection.on('connection.unblocked', () => (this.#blocked = false));
    connection.on('connection', () => void this.#onConnection());
    this.#connection = connection;
  }

  /** Resolves when ready, or when `signal` aborts (then false). */
  async whenReady(signal: AbortSignal): Promise<boolean> {
    while (!this.ready && !signal.aborted) {
      await new Promise<void>((resolve) => {
        const done = (): void => {
          this.#waiting.delete(done);
          signal.removeEventListener('abort', done);
          resolve();
        };
        this.#waiting.add(done);
        signal.addEventListener('abort', done, { once: true });
      });
    }
    return !signal.aborted;
  }

  /** A channel whose bodies stay bytes. Rejects `unavailable` when it cannot be had now. */
  async open(): Promise<Channel> {
    const connection = this.#connection;
    if (!connection?.ready || this.#stopping.signal.aborted) throw away();
    const channel = keepBytes(await connection.acquire({ emitErrorsFromChannel: true }));
    channel.on('error', (error: unknown) => {
      this.options.log.warn({ name: this.options.name, err: error }, 'RabbitMQ closed a channel');
    });
    return channel;
  }

  /** Declares the topology again on this connection: someone deleted a part of it. */
  async redeclare(): Promise<void> {
    const { topology, onExisting } = this.options;
    const open = (): Promise<Channel> => this.open();
    await declareTopology(topology.exchanges, topology.queues, { open, onExisting });
  }

  /** Closes in good order once `channels` are closed, but does not wait for a server that does not answer. */
  async stop(channels: Promise<void> = Promise.resolve()): Promise<void> {
    this.#stopping.abort();
    const connection = this.#connection;
    if (!connection) return;
    const late = new AbortController();
    const closed = channels.then(() => connection.close());
    await Promise.race([closed, sleep(this.options.clock, CLOSE_TIMEOUT_MS, late.signal)]);
    late.abort();
    connection.unsafeDestroy();
  }

  async #onConnection(): Promise<void> {
    const generation = ++this.#generation;
    const { log, name, clock } = this.options;
    this.#blocked = false;
    for (let attempt = 1; generation === this.#generation && !this.#stopping.signal.aborted; attempt++) {
      try {
        await this.redeclare();
        if (generation !== this.#generation) return;
        this.#declared = generation;
        log.info({ name }, 'RabbitMQ is connected');
        for (const done of [...this.#waiting]) done();
        return;
      } catch (error) {
        if (this.#connection?.ready) {
          this.#detail = `topology not declared: ${codeOf(error) ?? 'unknown'}`;
          log.warn({ name, err: error }, 'the topology could not be declared; trying again');
        }
        await sleep(clock, backoffMs(attempt, { baseMs: 500, capMs: 15_000 }), this.#stopping.signal);
      }
    }
  }
}

export function away(cause?: unknown): AppError {
  const detail = 'the message broker is away';
  return new AppError(detail, { code: 'broker.away', kind: 'unavailable', ...(cause ? { cause } : {}) });
}
