import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { RouterInstance } from '@koa/router';
import type { Context } from 'koa';
import type { MessageCatalog } from '../../kernel/message-catalog.js';
import { ASYNC_API_SHELL, renderAsyncApi } from './async-api-page.js';
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
<script type="module" src="/docs/start.js"></script>
</body>
</html>
`;

/** Swagger UI's own files that are served, from its package. */
const ASSETS = ['swagger-ui.css', 'swagger-ui-bundle.js', 'favicon-32x32.png'];

/**
 * `/openapi.json` with Swagger UI at `/docs`, `/asyncapi.json` with its page at `/asyncapi`; nothing is fetched from anywhere else.
 * The pages are open, as a link to them carries no token; they ask for the documents, which are not, with the one that is kept.
 */
export async function registerDocs(
  router: RouterInstance,
  openApiFile: string,
  messages: readonly MessageCatalog[],
  authenticate: (ctx: Context) => Promise<void>,
): Promise<void> {
  const add = (path: string, file: StaticFile | undefined, admit?: typeof authenticate): void => {
    if (!file) return;
    router.get(path, async (ctx) => {
      await admit?.(ctx);
      await sendFile(ctx, file);
    });
  };
  const folder = installedPackage('swagger-ui-dist');
  for (const name of ASSETS) add(`/docs/${name}`, await loadFile(join(folder, name)));
  add('/docs', staticFile('docs.html', Buffer.from(HTML)));
  add('/openapi.json', await loadFile(openApiFile), authenticate);
  const openApi = JSON.parse(await readFile(openApiFile, 'utf8')) as OpenApiDocument;
  const asyncApi = buildAsyncApi(openApi, messages);
  const content = Buffer.from(renderAsyncApi(asyncApi));
  add('/asyncapi', staticFile('asyncapi.html', Buffer.from(ASYNC_API_SHELL)));
  add('/asyncapi/content', staticFile('asyncapi.html', content), authenticate);
  add('/asyncapi.json', staticFile('asyncapi.json', Buffer.from(JSON.stringify(asyncApi))), authenticate);
}
