import { sayMissing, withToken } from './document.js';

const response = await fetch('/asyncapi/content', withToken({}));
if (response.ok) {
  document.querySelector('main').outerHTML = await response.text();
  // The place that the address names was not there when the browser looked for it.
  document.getElementById(decodeURIComponent(location.hash.slice(1)))?.scrollIntoView();
} else sayMissing(response.status);
