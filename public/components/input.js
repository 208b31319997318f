import { html } from '../vendor.js';

/** A field with its label: what is typed goes to `set`. The rest are attributes of the input. */
export function Input({ label, hint, value, set, ...rest }) {
  return html`<label class="field">
    <span>${label}</span>
    <input
      autocomplete="off"
      spellcheck=${false}
      value=${value}
      onInput=${(event) => set(event.target.value)}
      ...${rest}
    />
    ${hint && html`<span class="hint">${hint}</span>`}
  </label>`;
}
