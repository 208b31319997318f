import pg from 'pg';
import { unavailable } from './db-errors.js';
import type { Value } from './draft.js';
import { spoilsConnection } from './postgres-errors.js';
import type { Send } from './postgres-transaction.js';
import { Slots } from './slots.js';
import { StatementNames } from './statement-names.js';

export interface PoolOptions {
  url: string;
  poolSize: number;
  statementTimeoutMs: number;
  /** An idle connection was lost, or one could not be made. */
  onLost(error: unknown): void;
}

export const CONNECT_TIMEOUT_MS = 5_000;
const MAX_WAITING = 20_000;
/** Beyond the server's own timeout, for a server that does not answer at all. */
const SILENCE_MS = 3_000;

/** Values as on SQLite: whole numbers as JS numbers, flags as 0 and 1, JSON as text. */
const types = new pg.TypeOverrides();
types.setTypeParser(pg.types.builtins.INT8, Number);
types.setTypeParser(pg.types.builtins.NUMERIC, Number);
types.setTypeParser(pg.types.builtins.BOOL, (text) => (text === 't' ? 1 : 0));
types.setTypeParser(pg.types.builtins.JSON, String);
types.setTypeParser(pg.types.builtins.JSONB, String);

/** Connections for transactions and reads; statements on one are pipelined. */
export class PostgresPool {
  readonly #pool: pg.Pool;
  readonly #slots: Slots;
  readonly #names = new StatementNames();
  #ending = false;
  #isHopeless = false;

  constructor(private readonly options: PoolOptions) {
    this.#slots = new Slots(options.poolSize, MAX_WAITING);
    this.#pool = new pg.Pool({
      connectionString: options.url,
      max: options.poolSize,
      connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
      statement_timeout: options.statementTimeoutMs,
      idle_in_transaction_session_timeout: options.statementTimeoutMs,
      keepAlive: true,
      pipeline: true,
      application_name: 'switchyard',
      types,
    });
    this.#pool.on('error', (error) => options.onLost(error));
  }

  /** Gives `work` a connection of its own; `timeoutMs` bounds each statement (default: the pool's). */
  use<T>(work: (send: Send) => Promise<T>, timeoutMs = this.options.statementTimeoutMs): Promise<T> {
    return this.#slots.use(async () => {
      const client = await this.#connect();
      let spoilt = false;
      const onError = (): void => void (spoilt = true);
      client.on('error', onError);
      try {
        return await work((sql, values) => this.#send(client, sql, values, timeoutMs + SILENCE_MS));
      } catch (error) {
        spoilt ||= spoilsConnection(error);
        throw error;
      } finally {
        client.off('error', onError);
        client.release(spoilt);
      }
    });
  }

  /** After what runs and waits has ended; what waits for a server that is away is given up. */
  async end(): Promise<void> {
    this.#ending = true;
    await this.#slots.idle();
    await this.#pool.end();
  }

  async #connect(): Promise<pg.PoolClient> {
    try {
      if (this.#isHopeless) throw new Error('stopping');
      return await this.#pool.connect();
    } catch (error) {
      this.#isHopeless = this.#ending;
      this.options.onLost(error);
      throw unavailable('the database server is away', error);
    }
  }

  #send(
    client: pg.PoolClient,
    text: string,
    values: Value[] | undefined,
    timeoutMs: number,
  ): ReturnType<Send> {
    // `pg` knows a timeout for one query; its types only know the one of the connection.
    const query = { text, query_timeout: timeoutMs } as pg.QueryConfig;
    if (values) query.values = values.map(storable);
    const name = values && this.#names.nameOf(text, values.length);
    if (name !== undefined) query.name = name;
    // What is sent in one turn leaves in one packet.
    const { stream } = client.connection;
    stream.cork();
    process.nextTick(() => stream.uncork());
    return client.query(query);
  }
}

/** PostgreSQL keeps NUL in no text and refuses the statement: U+FFFD stands for it, in what is looked for too. */
function storable(value: Value): Value {
  return typeof value === 'string' && value.includes('\0') ? value.replaceAll('\0', '\uFFFD') : value;
}
