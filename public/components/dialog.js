import { createStore, useStore } from '../core/store.js';
import { t } from '../i18n/index.js';
import { html, useEffect, useId, useRef, useState } from '../vendor.js';

const asked = createStore(null);

/**
 * Asks before something is done. Resolves with `{ text }` (what was entered) where it was confirmed, else with null.
 * @param question `{ title, body, confirm, danger?, input?: { label, hint?, required? } }`
 */
export function ask(question) {
  asked.get()?.answer(null);
  return new Promise((resolve) => {
    asked.set({
      ...question,
      answer: (value) => {
        asked.set(null);
        resolve(value);
      },
    });
  });
}

/** Where questions appear; once in the page. */
export function DialogHost() {
  const question = useStore(asked);
  return question && html`<${Question} key=${question} question=${question} />`;
}

function Question({ question }) {
  const { title, body, confirm, danger, input, answer } = question;
  const dialog = useRef(null);
  const id = useId();
  const [text, setText] = useState('');
  useEffect(() => {
    const before = document.activeElement;
    dialog.current.showModal();
    return () => before?.focus?.();
  }, []);
  const submit = (event) => {
    event.preventDefault();
    answer({ text: text.trim() });
  };
  return html`<dialog ref=${dialog} aria-labelledby=${id} onCancel=${() => answer(null)}>
    <form onSubmit=${submit}>
      <h2 id=${id}>${title}</h2>
      <div class="dialog-body">${body}</div>
      ${
        input &&
        html`<label class="field">
          <span>${input.label}</span>
          <input
            value=${text}
            required=${input.required}
            maxlength="200"
            onInput=${(e) => setText(e.target.value)}
          />
          ${input.hint && html`<span class="hint">${input.hint}</span>`}
        </label>`
      }
      <div class="dialog-actions">
        <button type="button" class="button" onClick=${() => answer(null)}>${t('action.keep')}</button>
        <button type="submit" class="button ${danger ? 'danger' : 'primary'}">${confirm}</button>
      </div>
    </form>
  </dialog>`;
}
