import type { Clock, Timer } from '../../kernel/clock.js';
import type { Uuid } from '../../kernel/ids.js';
import type { Logger } from '../../kernel/logger.js';
import type { Token } from './token.js';
import type { TokensRepository } from './tokens.repository.js';

/** With the time of a query this stays under the 5 s within which replicas know of a change. */
const REFRESH_MS = 3_000;
const USE_GRAIN_MS = 5 * 60_000;

export interface KnownTokens {
  /** All tokens, revoked ones too; undefined until they were read once. */
  current(): ReadonlyMap<Uuid, Token> | undefined;
  /** Whether any token is in force. */
  anyInForce(): boolean;
  /** Reads them now, after any reading under way: what was committed before is seen. */
  refresh(): Promise<void>;
  /** Notes a use, to be written with the next reading. */
  used(token: Token): void;
  start(): Promise<void>;
  stop(): Promise<void>;
}

export interface KnownTokensDeps {
  repository: Pick<TokensRepository, 'all' | 'used'>;
  clock: Clock;
  log: Logger;
}

/** The tokens in memory, read again every 3 s. While the database is away the last ones stay. */
export function createKnownTokens({ repository, clock, log }: KnownTokensDeps): KnownTokens {
  let tokens: ReadonlyMap<Uuid, Token> | undefined;
  let inForce = false;
  let reading: Promise<void> = Promise.resolve();
  let timer: Timer | undefined;
  let stopped = false;
  let failing = false;
  const uses = new Map<Uuid, number>();

  async function read(): Promise<void> {
    const all = await repository.all();
    tokens = new Map(all.map((token) => [token.id, token]));
    inForce = all.some((token) => token.revokedAt === null);
  }

  function refresh(): Promise<void> {
    reading = reading.catch(() => undefined).then(read);
    return reading;
  }

  async function writeUses(): Promise<void> {
    if (uses.size === 0) return;
    const written = new Map(uses);
    uses.clear();
    await repository.used(written);
  }

  async function tick(): Promise<void> {
    try {
      await writeUses();
      await refresh();
      failing = false;
    } catch (error) {
      if (!failing) log.warn({ err: error }, 'tokens could not be read; those known stay in force');
      failing = true;
    }
    if (!stopped) timer = clock.after(REFRESH_MS, () => void tick());
  }

  return {
    current: () => tokens,
    anyInForce: () => inForce,
    refresh,
    used({ id, lastUsedAt }) {
      const now = clock.now();
      if (now - (lastUsedAt ?? 0) >= USE_GRAIN_MS) uses.set(id, now);
    },
    async start() {
      if (tokens) return;
      await refresh();
      timer = clock.after(REFRESH_MS, () => void tick());
    },
    async stop() {
      stopped = true;
      timer?.cancel();
      await reading.catch(() => undefined);
      await writeUses().catch(() => undefined); // only when a token was last used
    },
  };
}
