import pg from 'pg';
import { sleep } from '../../kernel/clock.js';
import type { Clock } from '../../kernel/clock.js';
import type { Logger } from '../../kernel/logger.js';
import type { Nudges } from './nudges.js';

export interface SessionOptions {
  url: string;
  clock: Clock;
  log: Logger;
  nudges: Nudges;
}

const CHANNEL = 'switchyard_nudge';
const CONNECT_TIMEOUT_MS = 5_000;
/** A frozen connection is noticed within about two of these. */
const CHECK_MS = 2_000;
const RECONNECT_MS = 1_000;

/** A connection that stays: it holds the advisory locks of the leader, listens, and carries notifications. */
export class PostgresSession {
  readonly #options: SessionOptions;
  readonly #stop = new AbortController();
  readonly #lossListeners = new Set<() => void>();
  readonly #due = new Set<string>();
  #client: pg.Client | undefined;
  #loop: Promise<void> | undefined;
  #notifying = false;

  constructor(options: SessionOptions) {
    this.#options = options;
  }

  start(): void {
    this.#loop ??= this.#run();
  }

  async stop(): Promise<void> {
    this.#stop.abort();
    await this.#client?.end().catch(() => undefined);
    await this.#loop;
  }

  /** Rows of a statement on this connection; undefined while it is away. */
  async query(sql: string, values: readonly unknown[] = []): Promise<Record<string, unknown>[] | undefined> {
    const client = this.#client;
    if (!client) return undefined;
    try {
      return (await client.query<Record<string, unknown>>(sql, [...values])).rows;
    } catch {
      this.#drop(client);
      return undefined;
    }
  }

  /** Called when the connection, and with it every lock, is gone. */
  onLoss(listener: () => void): () => void {
    this.#lossListeners.add(listener);
    return () => this.#lossListeners.delete(listener);
  }

  /** Tells the other replicas; what is due meanwhile goes with the next notification. */
  notify(channel: string): void {
    this.#due.add(channel);
    if (!this.#notifying) void this.#sendDue();
  }

  async #sendDue(): Promise<void> {
    this.#notifying = true;
    while (this.#due.size > 0 && this.#client) {
      const channels = [...this.#due];
      this.#due.clear();
      await this.query(`select pg_notify($1, channel) from unnest($2::text[]) as channel`, [
        CHANNEL,
        channels,
      ]);
    }
    this.#notifying = false;
  }

  async #run(): Promise<void> {
    const { clock } = this.#options;
    const { signal } = this.#stop;
    while (!signal.aborted) {
      const client = await this.#connect();
      while (client && client === this.#client && !signal.aborted) {
        await sleep(clock, CHECK_MS, signal);
        if (!signal.aborted) await this.query('select 1');
      }
      await sleep(clock, RECONNECT_MS, signal);
    }
    if (this.#client) this.#drop(this.#client);
  }

  async #connect(): Promise<pg.Client | undefined> {
    const client = new pg.Client({
      connectionString: this.#options.url,
      connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
      query_timeout: CHECK_MS,
      keepAlive: true,
      application_name: 'switchyard-session',
    });
    client.on('error', () => this.#drop(client));
    client.on('end', () => this.#drop(client));
    client.on('notification', ({ payload, processId }) => {
      const own = (client as unknown as { processID?: number }).processID;
      if (payload && processId !== own) this.#options.nudges.nudge(payload);
    });
    try {
      await client.connect();
      await client.query(`listen ${CHANNEL}`);
      this.#client = client;
      return client;
    } catch {
      await client.end().catch(() => undefined);
      return undefined;
    }
  }

  #drop(client: pg.Client): void {
    if (client !== this.#client) return;
    this.#client = undefined;
    for (const listener of this.#lossListeners) listener();
    client.end().catch(() => undefined);
  }
}
