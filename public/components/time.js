import { formatTime } from '../core/format.js';
import { html } from '../vendor.js';

/** A time in the reader's zone; the exact one on hover. */
export function Time({ at, fallback = '–' }) {
  if (!at) return html`<span class="soft">${fallback}</span>`;
  return html`<time datetime=${at} title=${at}>${formatTime(at)}</time>`;
}
