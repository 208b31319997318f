import { html } from '../vendor.js';

/** Nothing is there: says so, and what to do. */
export function Empty({ title, children }) {
  return html`<div class="empty">
    <svg viewBox="0 0 120 28" width="120" height="28" aria-hidden="true" focusable="false">
      <path class="rail" d="M4 20h112M4 20c40 0 32-12 64-12h48" />
      <circle class="stop" cx="108" cy="8" r="4" />
    </svg>
    <p class="empty-title">${title}</p>
    ${children && html`<p class="soft">${children}</p>`}
  </div>`;
}
