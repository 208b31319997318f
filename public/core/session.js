import { createStore } from './store.js';

const TOKEN_KEY = 'switchyard.token';
const RANK = { client: 0, viewer: 1, operator: 2, admin: 3 };

/** The token in use, or null. It is kept in this tab alone, until it is closed. */
export const token = createStore(sessionStorage.getItem(TOKEN_KEY));

/** Who the service says we are: `{ name, role }`, or null while that is not known. */
export const caller = createStore(null);

/** Whether a token has to be entered: null, or `{ hadToken }`. */
export const refused = createStore(null);

export function keepToken(text) {
  sessionStorage.setItem(TOKEN_KEY, text);
  refused.set(null);
  token.set(text);
}

export function forgetToken() {
  sessionStorage.removeItem(TOKEN_KEY);
  caller.set(null);
  token.set(null);
}

/** Whether `who` may do what the role allows. While nobody knows, yes: the service decides anyway. */
export function may(who, role) {
  return who === null || RANK[who.role] >= RANK[role];
}
