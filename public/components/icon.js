import { html } from '../vendor.js';

const PATHS = {
  copy: 'M5.5 5.5v-3h8v8h-3M2.5 5.5h8v8h-8z',
  close: 'M4 4l8 8M12 4l-8 8',
  up: 'M4 10l4-4 4 4',
  down: 'M4 6l4 4 4-4',
  both: 'M5 6.5l3-3 3 3M5 9.5l3 3 3-3',
  back: 'M9.5 3.5L5 8l4.5 4.5',
  forth: 'M6.5 3.5L11 8l-4.5 4.5',
  save: 'M8 2.5v7M5 7l3 3 3-3M3 13h10',
};

/** Underlines what a name beside it says. */
export function Icon({ name }) {
  return html`<svg
    class="icon"
    viewBox="0 0 16 16"
    width="16"
    height="16"
    aria-hidden="true"
    focusable="false"
  >
    <path
      d=${PATHS[name]}
      fill="none"
      stroke="currentColor"
      stroke-width="1.4"
      stroke-linecap="round"
      stroke-linejoin="round"
    />
  </svg>`;
}
