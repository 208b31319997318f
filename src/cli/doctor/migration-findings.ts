import { allMigrations } from '../../app/migrations.js';
import { fail, ok, warn } from './finding.js';
import type { Finding } from './finding.js';

/** Compares what a database has had with what this version knows. */
export function judgeMigrations(applied: readonly string[]): Finding {
  const known = new Set(allMigrations.map(({ id }) => id));
  const newer = applied.filter((id) => !known.has(id));
  if (newer.length > 0) {
    const todo = 'start the version that made it; going back needs a backup';
    return fail('migrations', `made by another, newer version: ${newer.join(', ')}`, todo);
  }
  const pending = [...known].filter((id) => !applied.includes(id));
  if (pending.length === 0) return ok('migrations', `all ${known.size} are applied`);
  const todo = 'back the database up; the next start, or switchyard migrate, applies them';
  return warn('migrations', `${pending.length} of ${known.size} are pending: ${pending.join(', ')}`, todo);
}
