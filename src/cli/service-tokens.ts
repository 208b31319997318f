import type { Config } from '../app/config.js';
import { systemClock } from '../kernel/clock.js';
import { createAccess } from '../modules/access/index.js';
import type { AccessApi, CreatedToken, Token, TokenRole } from '../modules/access/index.js';
import { AppError } from '../kernel/errors.js';
import { isUuid } from '../kernel/ids.js';
import { visitDatabase } from './service-database.js';

export { tokenViewOf } from '../modules/access/index.js';

/** Kept with what is done here: whoever can open the database needs no name. */
const BY = 'command line';
const PAGE = 1_000;

export interface ServiceTokens {
  create(name: string, role: TokenRole, clientId: string | undefined): Promise<CreatedToken>;
  list(): Promise<Token[]>;
  /** By name or id; as it is afterwards. */
  revoke(nameOrId: string): Promise<Token>;
}

/** Works on the tokens of the configured database. */
export function visitTokens<T>(config: Config, work: (tokens: ServiceTokens) => Promise<T>): Promise<T> {
  return visitDatabase(config, async ({ db, log }) => {
    const access = createAccess({
      db,
      clock: systemClock,
      log,
      config: { ...config.access, host: config.http.host },
    });
    await access.start();
    try {
      return await work(serviceTokens(access.api));
    } finally {
      await access.stop();
    }
  });
}

function serviceTokens(api: AccessApi): ServiceTokens {
  const list = () => listAll(api);
  return {
    create: (name, role, clientId) => api.create({ name, role, clientId, createdBy: BY }),
    list,
    async revoke(nameOrId) {
      const id = isUuid(nameOrId) ? nameOrId : idOf(await list(), nameOrId);
      await api.revoke(id, BY);
      return api.require(id);
    },
  };
}

async function listAll(api: AccessApi): Promise<Token[]> {
  const all: Token[] = [];
  for (;;) {
    const page = await api.list(all.at(-1)?.id, PAGE);
    all.push(...page);
    if (page.length < PAGE) return all;
  }
}

function idOf(tokens: readonly Token[], name: string): string {
  const token = tokens.find((one) => one.name === name);
  if (token) return token.id;
  throw new AppError('Token not found', { code: 'access.not-found', kind: 'not-found' });
}
