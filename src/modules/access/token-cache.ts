import type { Clock } from '../../kernel/clock.js';
import type { Logger } from '../../kernel/logger.js';
import { periodically } from '../../kernel/periodic.js';
import type { Database } from '../../platform/db/database.js';
import { parseTokenText, sameHash } from './token.js';
import type { StoredToken } from './token.js';
import { createTokensRepository } from './tokens.repository.js';

/** A token revoked by another replica or the command line is refused after so long at most. */
const REFRESH_MS = 5_000;
const USED_EVERY_MS = 60_000;
/** Compared with where the id is unknown, so that it takes as long. */
const NO_HASH = '0'.repeat(64);

/** The tokens in memory, so that a request costs no query. */
export function createTokenCache({ db, clock, log }: { db: Database; clock: Clock; log: Logger }) {
  const repository = createTokensRepository(db);
  const refresh = periodically({ clock, log, everyMs: REFRESH_MS, what: 'reading the tokens' }, load);
  let tokens = new Map<string, StoredToken>();
  let active = 0;
  let loaded = false;

  async function load(): Promise<void> {
    const all = await repository.all();
    tokens = new Map(all.map((token) => [token.id, token]));
    active = all.filter((token) => token.revokedAt === null).length;
    loaded = true;
  }

  function markUsed(token: StoredToken): void {
    const now = clock.now();
    if (token.lastUsedAt !== null && now - token.lastUsedAt < USED_EVERY_MS) return;
    token.lastUsedAt = now;
    const tx = db.begin();
    repository.used(tx, token.id, now);
    db.commit(tx).catch((error: unknown) => log.debug({ err: error }, 'the use of a token was not noted'));
  }

  return {
    /** Whether the tokens were read at all; before that nobody can be judged. */
    loaded: () => loaded,
    /** Whether any token exists that is not revoked. */
    any: () => active > 0,
    reload: load,
    /** The active token of this text. */
    find(text: string): StoredToken | undefined {
      const parsed = parseTokenText(text);
      if (!parsed) return undefined;
      const token = tokens.get(parsed.id);
      const same = sameHash(parsed.secretHash, token?.secretHash ?? NO_HASH);
      if (!token || !same || token.revokedAt !== null) return undefined;
      markUsed(token);
      return token;
    },
    async start(): Promise<void> {
      await load();
      refresh.start();
    },
    stop: () => refresh.stop(),
  };
}

export type TokenCache = ReturnType<typeof createTokenCache>;
