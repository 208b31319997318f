// The libraries, from their packages. The addresses name the installed versions (a spec compares), as browsers keep
// these files for good; nothing but this and vendor-plot.js names them, so that each is loaded once.
import htm from './vendor/htm@3.1.1/htm.js';
import { h } from './vendor/preact@11.2.0/preact.js';

export { Fragment, createContext, render } from './vendor/preact@11.2.0/preact.js';
export {
  useCallback,
  useContext,
  useEffect,
  useId,
  useLayoutEffect,
  useMemo,
  useReducer,
  useRef,
  useState,
} from './vendor/preact@11.2.0/hooks.js';

/** JSX without a build: html`<p class="hint">${text}</p>`. */
export const html = htm.bind(h);
