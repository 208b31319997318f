import { caller, forgetToken, keepToken, refused } from '../core/session.js';
import { useStore } from '../core/store.js';
import { t } from '../i18n/index.js';
import { html, useState } from '../vendor.js';

/** The field for a token: there when the service asks for one. */
export function AccessPanel() {
  const asked = useStore(refused);
  const [text, setText] = useState('');
  if (!asked) return null;
  const submit = (event) => {
    event.preventDefault();
    const value = text.trim();
    if (value === '') return;
    setText('');
    keepToken(value);
    document.getElementById('page-title')?.focus();
  };
  return html`<section class="panel access" aria-labelledby="access-title">
    <h2 id="access-title">${t('access.title')}</h2>
    <p role="status">${asked.hadToken ? t('access.notValid') : t('access.why')}</p>
    <form class="inline" onSubmit=${submit}>
      <label class="field">
        <span>${t('access.token')}</span>
        <input
          type="password"
          autocomplete="off"
          spellcheck=${false}
          required
          value=${text}
          onInput=${(event) => setText(event.target.value)}
        />
      </label>
      <button type="submit" class="button primary">${t('access.use')}</button>
    </form>
    <p class="hint">${t('access.kept')}</p>
  </section>`;
}

/** Who the reader is to the service. */
export function Caller({ hasToken }) {
  const who = useStore(caller);
  if (!who) return null;
  return html`<p class="caller">
    <span title=${t('caller.role')}>${who.name} · ${t(`role.${who.role}`)}</span>
    ${hasToken && html`<button type="button" class="link" onClick=${forgetToken}>${t('access.forget')}</button>`}
  </p>`;
}
