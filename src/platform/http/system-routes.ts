import type { RouterInstance } from '@koa/router';
import type { Context } from 'koa';
import type { Metrics } from '../metrics/metrics.js';
import type { Readiness } from './http-options.js';

/** `/livez`, `/readyz` and `/metrics`. `maySeeDetails` says whether a caller may know of the parts. */
export function registerSystemRoutes(
  router: RouterInstance,
  metrics: Metrics,
  readiness: () => Readiness,
  authenticate: (ctx: Context) => Promise<void>,
  maySeeDetails: (ctx: Context) => Promise<boolean>,
): void {
  router.get('/livez', (ctx) => json(ctx, 200, { status: 'ok' }));
  router.get('/readyz', async (ctx) => {
    const { ready, status, parts } = readiness();
    const details = (await maySeeDetails(ctx)) ? { parts } : {};
    if (!ready) ctx.set('Retry-After', '5');
    json(ctx, ready ? 200 : 503, { status, ...details });
  });
  router.get('/metrics', async (ctx) => {
    await authenticate(ctx);
    ctx.body = await metrics.text();
    ctx.type = metrics.contentType;
  });
}

function json(ctx: Context, status: number, body: object): void {
  ctx.body = JSON.stringify(body);
  ctx.status = status;
  ctx.type = 'application/json';
}
