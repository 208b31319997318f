import { access, token } from './api.js';
import { byId, setText } from './dom.js';

/** The field for a token: there when the service asks for one. */
export function showAccess() {
  const panel = byId('access');
  const field = byId('token');

  access.addEventListener('refused', ({ detail }) => {
    const why = detail.hadToken
      ? 'The token in use is not valid here, or no longer.'
      : 'Ask whoever runs it for one; the first is printed when the service starts.';
    setText(byId('access-why'), why);
    if (panel.hidden) {
      panel.hidden = false;
      if (document.activeElement === document.body) field.focus();
    }
  });

  access.addEventListener('changed', showKept);
  byId('access-form').addEventListener('submit', (event) => {
    event.preventDefault();
    const value = field.value.trim();
    if (value === '') return;
    field.value = '';
    panel.hidden = true;
    token.keep(value);
    byId('request-title').focus();
  });
  byId('forget-token').addEventListener('click', () => token.forget());
  showKept();
}

function showKept() {
  byId('kept-token').hidden = token.get() === null;
}
