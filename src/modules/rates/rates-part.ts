import type { PartState } from '../../kernel/part-state.js';
import type { Book } from './book.js';
import type { SourceState } from './sources/source.js';

const MOST_NAMED = 5;

/** How rates are doing, as readiness shows it. `states`: of the sources, where this replica asks them. */
export function partState(book: Book, states: Readonly<Record<string, SourceState>> | undefined): PartState {
  const tracked = book.trackedPairs();
  const stale = tracked.filter((pair) => book.standing(pair)?.isStale !== false);
  const down = Object.entries(states ?? {}).filter(([, { status }]) => status === 'down');
  if (stale.length === 0 && down.length === 0) return { status: 'ok' };
  const said = down.map(([exchanger, { detail = 'no answer' }]) => `${exchanger}: ${detail}`);
  if (stale.length > 0)
    said.unshift(`${stale.length} of ${tracked.length} pairs are stale (${named(stale)})`);
  return { status: 'degraded', detail: said.join('; ') };
}

function named(pairs: readonly string[]): string {
  const more = pairs.length > MOST_NAMED ? ', …' : '';
  return `${pairs.slice(0, MOST_NAMED).join(', ')}${more}`;
}
