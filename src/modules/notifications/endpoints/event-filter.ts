import type { FieldError } from '../../../kernel/errors.js';

export type FilterValue = string | number | boolean | null;

/**
 * What an event must be like: for each member of `data` (`status`, or `a.b` for one inside of another) and for
 * `subject`, the values of which it has one. All members must fit.
 */
export type EventFilter = Readonly<Record<string, readonly FilterValue[]>>;

/** The event's members that a filter looks at. */
export interface FilteredEvent {
  subject: string;
  /** Parsed. */
  data: unknown;
}

const PATH = /^(subject|data(\.[A-Za-z_][A-Za-z0-9_-]{0,63}){1,4})$/;
const MOST_PATHS = 10;
const MOST_VALUES = 100;
const MOST_TEXT = 256;

export function fits(filter: EventFilter | null, event: FilteredEvent): boolean {
  if (!filter) return true;
  return Object.entries(filter).every(([path, values]) => {
    const value = path === 'subject' ? event.subject : memberOf(event.data, path.split('.').slice(1));
    return (values as readonly unknown[]).includes(value);
  });
}

/** The client whose thing an event is about, where it says so. */
export function clientOf(data: unknown): string | undefined {
  const value = memberOf(data, ['client_id']);
  return typeof value === 'string' ? value : undefined;
}

function memberOf(value: unknown, path: readonly string[]): unknown {
  let inner = value;
  for (const name of path) {
    if (typeof inner !== 'object' || inner === null || !Object.hasOwn(inner, name)) return undefined;
    inner = (inner as Record<string, unknown>)[name];
  }
  return inner;
}

/** What is wrong with a filter that came in; its members are lists of plain values already. */
export function filterFaults(filter: EventFilter): FieldError[] {
  const paths = Object.keys(filter);
  if (paths.length < 1 || paths.length > MOST_PATHS) {
    return [{ pointer: '/filter', detail: `must have 1 to ${MOST_PATHS} members, got ${paths.length}` }];
  }
  return paths.flatMap((path) => faultsAt(path.slice(0, 300), filter[path]!));
}

function faultsAt(path: string, values: readonly FilterValue[]): FieldError[] {
  const pointer = `/filter/${path.replaceAll('~', '~0').replaceAll('/', '~1')}`;
  if (!PATH.test(path)) {
    return [{ pointer, detail: 'must be named subject, or like data.status or data.a.b' }];
  }
  if (values.length < 1 || values.length > MOST_VALUES) {
    return [{ pointer, detail: `must hold 1 to ${MOST_VALUES} values, got ${values.length}` }];
  }
  const isLong = values.some((value) => typeof value === 'string' && value.length > MOST_TEXT);
  return isLong ? [{ pointer, detail: `must hold texts of at most ${MOST_TEXT} characters` }] : [];
}
