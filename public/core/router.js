import { createStore } from './store.js';

/**
 * Addresses are behind the `#`, so that the page works below any path of a proxy, and what is searched for (phones,
 * say) reaches no log on the way: `#/tasks?status=error`.
 */
export const route = createStore(parse(location.hash));

addEventListener('hashchange', () => route.set(parse(location.hash)));

function parse(hash) {
  const [path = '', query = ''] = hash.replace(/^#\/?/, '').split('?');
  return {
    segments: path.split('/').filter(Boolean).map(decoded),
    query: Object.fromEntries(new URLSearchParams(query)),
  };
}

function decoded(segment) {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}

/** An address of the page: `href('/tasks', { status: 'error' })`. Empty values are left out. */
export function href(path, query = {}) {
  const filled = Object.entries(query).filter(([, value]) => value !== undefined && value !== '');
  return `#${path}${filled.length > 0 ? `?${new URLSearchParams(filled)}` : ''}`;
}

export function navigate(path, query) {
  location.hash = href(path, query);
}

/** Changes the query of this address; `undefined` removes. It replaces the entry in the history: typing makes none. */
export function setQuery(patch) {
  const { segments, query } = route.get();
  const address = href(`/${segments.map(encodeURIComponent).join('/')}`, { ...query, ...patch });
  history.replaceState(null, '', address);
  route.set(parse(address));
}
