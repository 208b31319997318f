import pg from 'pg';
import { sleep, systemClock } from '../../kernel/clock.js';
import type { Logger } from '../../kernel/logger.js';
import { backoffMs } from './backoff.js';
import { reasonOf } from './postgres-errors.js';
import { CONNECT_TIMEOUT_MS } from './postgres-pool.js';

export interface SessionOptions {
  url: string;
  log: Logger;
  /** Another process nudged. */
  onNudge(channel: string): void;
  onUp(): void;
  /** The connection, and with it every lock, is gone. */
  onDown(): void;
}

const CHANNEL = 'switchyard_nudge';
const HEARTBEAT_MS = 1_000;
const ANSWER_TIMEOUT_MS = 2_000;
const FRESH_MS = 4_000;

/** Lets the server see within about 10 s that this side is gone, so that its locks are free. */
const KEEPALIVE = [
  'set tcp_keepalives_idle = 4; set tcp_keepalives_interval = 2; set tcp_keepalives_count = 3',
  'set tcp_user_timeout = 10000',
];

/** A connection that stays: it holds the leaders' locks, and carries nudges both ways. Watched in real time. */
export class PostgresSession {
  #client: pg.Client | undefined;
  #over = new AbortController();
  #stopped = false;
  #running: Promise<void> | undefined;
  #answeredAt = 0;
  readonly #due = new Set<string>();
  #notifying = false;

  constructor(private readonly options: SessionOptions) {}

  /** The connection there is; another object after each loss. */
  get connection(): object | undefined {
    return this.#client;
  }

  /** Whether the server has answered lately: false at once in a process that was frozen for a while. */
  get isFresh(): boolean {
    return this.#client !== undefined && systemClock.monotonic() - this.#answeredAt < FRESH_MS;
  }

  start(): void {
    this.#running ??= this.#run();
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    this.#over.abort();
    await this.#running;
  }

  /** Rows of a statement on this connection; undefined where it is or goes away. */
  async query(text: string, values: unknown[]): Promise<Record<string, unknown>[] | undefined> {
    const client = this.#client;
    if (!client) return undefined;
    try {
      const result = await client.query<Record<string, unknown>>(text, values);
      this.#answeredAt = systemClock.monotonic();
      return result.rows;
    } catch (error) {
      this.options.log.warn(
        { reason: reasonOf(error) },
        'a statement failed on the lasting database connection',
      );
      if (client === this.#client) this.#over.abort();
      return undefined;
    }
  }

  /** Tells other processes; what comes up while one notification is on its way goes with the next. */
  notify(channel: string): void {
    this.#due.add(channel);
    if (!this.#notifying) void this.#notifyDue();
  }

  async #notifyDue(): Promise<void> {
    this.#notifying = true;
    // Let the others of this turn come along.
    await Promise.resolve();
    while (this.#due.size > 0) {
      const channels = [...this.#due];
      this.#due.clear();
      await this.query('select pg_notify($1, channel) from unnest($2::text[]) as channel', [
        CHANNEL,
        channels,
      ]);
    }
    this.#notifying = false;
  }

  async #run(): Promise<void> {
    for (let attempt = 0; !this.#stopped; attempt++) {
      this.#over = new AbortController();
      if (await this.#live(this.#over)) attempt = 0;
      if (this.#stopped) return;
      // A new one, so that stopping ends the pause too.
      this.#over = new AbortController();
      await sleep(systemClock, backoffMs(attempt, 200, 5_000), this.#over.signal);
    }
  }

  /** One connection from its making to its end; says whether it came up. */
  async #live(over: AbortController): Promise<boolean> {
    const client = this.#newClient(over);
    try {
      await client.connect();
      await client.query(`listen ${CHANNEL}`);
      for (const setting of KEEPALIVE) await client.query(setting).catch(() => undefined);
    } catch (error) {
      this.options.log.warn(
        { reason: reasonOf(error) },
        'the database server cannot be reached; trying again',
      );
      client.connection.stream.destroy();
      return false;
    }
    if (!over.signal.aborted) await this.#beat(client, over.signal);
    await endOf(client);
    return true;
  }

  async #beat(client: pg.Client, signal: AbortSignal): Promise<void> {
    this.#client = client;
    this.#answeredAt = systemClock.monotonic();
    this.options.onUp();
    // Loss is told in the turn in which it is seen, not when a pending answer has failed.
    signal.addEventListener('abort', () => this.#down(client), { once: true });
    while (!signal.aborted) {
      await sleep(systemClock, HEARTBEAT_MS, signal);
      if (!signal.aborted) await this.query('select 1', []);
    }
  }

  #down(client: pg.Client): void {
    if (client !== this.#client) return;
    this.#client = undefined;
    this.options.onDown();
  }

  #newClient(over: AbortController): pg.Client {
    const client = new pg.Client({
      connectionString: this.options.url,
      connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
      query_timeout: ANSWER_TIMEOUT_MS,
      keepAlive: true,
      pipeline: true,
      application_name: 'switchyard session',
    });
    client.on('error', () => over.abort());
    client.on('end', () => over.abort());
    client.on('notification', ({ channel, payload, processId }) => {
      // `pg` keeps the number of its server process, but does not declare it.
      const { processID } = client as unknown as { processID?: number };
      if (channel === CHANNEL && payload && processId !== processID) this.options.onNudge(payload);
    });
    return client;
  }
}

/** Says goodbye where the server still listens, and hangs up in any case. */
async function endOf(client: pg.Client): Promise<void> {
  const { stream } = client.connection;
  const timer = systemClock.after(ANSWER_TIMEOUT_MS, () => stream.destroy());
  await client.end().catch(() => undefined);
  timer.cancel();
}
