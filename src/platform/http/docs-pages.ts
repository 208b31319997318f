import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { RouterInstance } from '@koa/router';
import type { Context } from 'koa';
import type { MessageCatalog } from '../../kernel/message-catalog.js';
import { renderAsyncApi } from './async-api-page.js';
import { buildAsyncApi } from './async-api.js';
import type { OpenApiDocument } from './open-api-schemas.js';
import { installedPackage } from './package-files.js';
import { loadFile, sendFile, staticFile, type StaticFile } from './static-files.js';

const HTML = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Switchyard API</title>
<link rel="icon" type="image/png" href="/docs/favicon-32x32.png">
<link rel="stylesheet" href="/docs/swagger-ui.css">
</head>
<body>
<main id="swagger-ui"></main>
<script src="/docs/swagger-ui-bundle.js"></script>
<script src="/docs/start.js"></script>
</body>
</html>
`;

const START = `SwaggerUIBundle({
  url: '/openapi.json', dom_id: '#swagger-ui', deepLinking: true, validatorUrl: null,
  requestInterceptor: (request) => new URL(request.url, location.href).origin === location.origin ? request : Promise.reject(new Error('other host')),
});
`;

/** Swagger UI's own files that are served, from its package. */
const ASSETS = ['swagger-ui.css', 'swagger-ui-bundle.js', 'favicon-32x32.png'];

/** `/openapi.json` with Swagger UI at `/docs`, `/asyncapi.json` with its page at `/asyncapi`; nothing is fetched from anywhere else. */
export async function registerDocs(
  router: RouterInstance,
  openApiFile: string,
  messages: readonly MessageCatalog[],
  authenticate: (ctx: Context) => Promise<void>,
): Promise<void> {
  const files = new Map<string, StaticFile>();
  const add = (path: string, file: StaticFile | undefined): void => void (file && files.set(path, file));
  const folder = installedPackage('swagger-ui-dist');
  for (const name of ASSETS) add(`/docs/${name}`, await loadFile(join(folder, name)));
  add('/openapi.json', await loadFile(openApiFile));
  add('/docs', staticFile('docs.html', Buffer.from(HTML)));
  add('/docs/start.js', staticFile('start.js', Buffer.from(START)));
  const openApi = JSON.parse(await readFile(openApiFile, 'utf8')) as OpenApiDocument;
  const asyncApi = buildAsyncApi(openApi, messages);
  add('/asyncapi.json', staticFile('asyncapi.json', Buffer.from(JSON.stringify(asyncApi))));
  add('/asyncapi', staticFile('asyncapi.html', Buffer.from(renderAsyncApi(asyncApi))));
  for (const [path, file] of files) {
    router.get(path, async (ctx) => {
      await authenticate(ctx);
      await sendFile(ctx, file);
    });
  }
}
