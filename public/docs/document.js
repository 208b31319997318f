import { token } from '../core/session.js';

/** What a request of a document or of the API is sent with: the token that the page keeps, and never a browser's own question for one. */
export function withToken(request) {
  const kept = token.get();
  const headers = kept === null ? request.headers : { Authorization: `Bearer ${kept}`, ...request.headers };
  return Object.assign(request, { headers, credentials: 'omit' });
}

/** Says in a line of its own why a document is not shown, and what to do. */
export function sayMissing(status) {
  const line = document.createElement('p');
  line.setAttribute('role', 'alert');
  line.textContent =
    status === 401
      ? 'This service asks for a token: sign in on the first page, and come back from there. '
      : `The document could not be loaded (status ${status}). `;
  const first = document.createElement('a');
  first.href = '/';
  first.textContent = 'First page';
  line.append(first);
  const main = document.querySelector('main');
  main.hidden = true; // Swagger UI says there what it makes of it
  main.before(line);
}
