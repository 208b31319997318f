import { sayMissing, withToken } from './document.js';

const DOCUMENT = '/openapi.json';
const urlOf = ({ url }) => new URL(url, location.href);

globalThis.SwaggerUIBundle({
  url: DOCUMENT,
  dom_id: '#swagger-ui',
  deepLinking: true,
  validatorUrl: null,
  requestInterceptor(request) {
    if (urlOf(request).origin !== location.origin) return Promise.reject(new Error('other host'));
    return withToken(request);
  },
  responseInterceptor(response) {
    if (!response.ok && urlOf(response).pathname === DOCUMENT) sayMissing(response.status);
    return response;
  },
});
