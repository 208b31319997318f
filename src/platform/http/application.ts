import { Router, type RouterInstance } from '@koa/router';
import Koa, { type Context } from 'koa';
import { join } from 'node:path';
import { AppError } from '../../kernel/errors.js';
import type { AccessLog } from './access-log.js';
import { registerDocs } from './docs-pages.js';
import type { HttpLimits, HttpServerOptions } from './http-options.js';
import { registerInboundCalls } from './inbound-calls.js';
import { readJsonBody } from './json-body.js';
import { isDirectLoopback } from './loopback.js';
import { packageRoot } from './package-files.js';
import { readOwnBody } from './own-body.js';
import { registerRoutes, type Preparation } from './register-routes.js';
import { contextOf } from './request-context.js';
import { idempotencyKeyOf } from './idempotency-key.js';
import { alwaysWith, loggedAccess, problems, requestContext } from './request-middlewares.js';
import { requireRole } from './roles.js';
import { notFound } from './route-arguments.js';
import { loadStaticFiles, serveStatic } from './static-files.js';
import { securityHeaders } from './security-headers.js';
import { registerSystemRoutes } from './system-routes.js';
import { loadVendorFiles } from './vendor-files.js';

/** The koa application: middlewares outermost first, the page's files, then the routes. */
export async function createApplication(
  options: HttpServerOptions,
  limits: HttpLimits,
  accessLog: AccessLog,
): Promise<Koa> {
  const { clock, log } = options;
  const app = new Koa();
  app.silent = true;
  app.on('error', (error: unknown) => log.debug({ err: error }, 'an answer could not be sent'));
  app.use(requestContext(clock));
  app.use(loggedAccess(clock, accessLog));
  app.use(alwaysWith(securityHeaders(Boolean(options.tls))));
  app.use(problems(log));
  const page = await loadStaticFiles(options.publicDir ?? join(packageRoot(), 'public'));
  app.use(serveStatic(new Map([...page, ...(await loadVendorFiles())])));
  const router = await createRouter(options, limits);
  app.use(router.routes());
  app.use((ctx: Context) => refuseUnrouted(router, ctx));
  return app;
}

async function createRouter(options: HttpServerOptions, limits: HttpLimits): Promise<RouterInstance> {
  const router = new Router();
  const preparation = preparationOf(options, limits);
  const asViewer = async (ctx: Context): Promise<void> => {
    if (ctx.method === 'GET' || ctx.method === 'HEAD')
      ctx.state['challenge'] = 'Basic realm="switchyard", charset="UTF-8"';
    await preparation.authenticate(ctx);
    requireRole(contextOf(ctx.request).principal, ['viewer']);
  };
  const known = async (ctx: Context): Promise<boolean> =>
    isDirectLoopback(ctx.req) ||
    preparation.authenticate(ctx).then(
      () => true,
      () => false,
    );
  registerSystemRoutes(router, options.metrics, options.readiness, asViewer, known);
  const openApiFile = options.openApiFile ?? join(packageRoot(), 'src', 'generated', 'openapi.json');
  registerInboundCalls(router, options.inboundCalls ?? [], limits.bodyLimitBytes);
  await registerDocs(router, openApiFile, options.messages ?? [], asViewer);
  registerRoutes(router, options.routes, options.controllers, preparation);
  return router;
}

function preparationOf({ authenticate }: HttpServerOptions, limits: HttpLimits): Preparation {
  return {
    async authenticate(ctx) {
      contextOf(ctx.request).principal = await authenticate(ctx.req);
    },
    async readBody(ctx, own) {
      const context = contextOf(ctx.request);
      const key = idempotencyKeyOf(ctx.request);
      if (key !== undefined) context.idempotencyKey = key;
      if (own) {
        context.ownBody = await readOwnBody(ctx.req, own);
        return;
      }
      const body = await readJsonBody(ctx.req, limits.bodyLimitBytes);
      if (!body) return;
      context.body = body.raw;
      Object.assign(ctx.request, { body: body.value });
    },
  };
}

function refuseUnrouted(router: RouterInstance, ctx: Context): void {
  const methods = new Set(router.match(ctx.path, ctx.method).path.flatMap((layer) => layer.methods));
  if (methods.size === 0) throw notFound();
  ctx.set('Allow', [...methods].join(', '));
  throw new AppError(`${ctx.path} takes ${[...methods].join(', ')}`, {
    code: 'request.method-not-allowed',
    kind: 'method-not-allowed',
  });
}
