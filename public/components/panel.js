import { html, useId } from '../vendor.js';

/** A part of a page with its heading; `actions` stand beside it. */
export function Panel({ title, actions, className = '', children }) {
  const id = useId();
  return html`<section class="panel ${className}" aria-labelledby=${id}>
    <header class="panel-head">
      <h2 id=${id}>${title}</h2>
      ${actions && html`<div class="actions">${actions}</div>`}
    </header>
    ${children}
  </section>`;
}

/** The heading of a page. Focus goes there after navigation; the document is called so too. */
export function PageTitle({ title, children, actions }) {
  return html`<header class="page-head">
    <h1 id="page-title" tabindex="-1">${title}</h1>
    ${children} ${actions && html`<div class="actions">${actions}</div>`}
  </header>`;
}
