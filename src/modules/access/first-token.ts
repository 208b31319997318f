import { AppError } from '../../kernel/errors.js';
import type { AccessApi } from './access-api.js';
import type { KnownTokens } from './known-tokens.js';

const NAMES = ['admin', 'admin-2', 'admin-3', 'admin-4', 'admin-5'];

/**
 * Makes an admin token where none is in force, and resolves with its text; null where there is one.
 * Of replicas that start at once one makes it: the name is taken for the others.
 */
export async function makeFirstToken(
  api: Pick<AccessApi, 'create'>,
  tokens: Pick<KnownTokens, 'refresh' | 'anyInForce'>,
): Promise<string | null> {
  for (const name of NAMES) {
    if (tokens.anyInForce()) return null;
    try {
      return (await api.create({ name, role: 'admin', createdBy: 'first start' })).text;
    } catch (error) {
      if (!(error instanceof AppError && error.code === 'access.name-taken')) throw error;
    }
    await tokens.refresh();
  }
  throw new AppError(
    'No token is in force, and the names of first tokens are used up: make one with the CLI',
    {
      code: 'access.no-first-token',
      kind: 'internal',
    },
  );
}
