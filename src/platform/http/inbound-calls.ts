import type { RouterContext, RouterInstance } from '@koa/router';
import { AppError } from '../../kernel/errors.js';
import type { InboundCall } from '../../kernel/inbound-call.js';
import { readJsonBody } from './json-body.js';

/** The routes of calls that other systems make by their own rules; who shows no proof gets a 401 and is not read. */
export function registerInboundCalls(
  router: RouterInstance,
  calls: readonly InboundCall[],
  limitBytes: number,
): void {
  for (const { path, admits, receive } of calls) {
    router.post(path, async (ctx: RouterContext) => {
      if (!admits(ctx.req.headers)) throw unproven();
      const body = await readJsonBody(ctx.req, limitBytes);
      await receive(body?.value);
      ctx.status = 200;
      ctx.body = '';
    });
  }
}

function unproven(): AppError {
  return new AppError('The call does not prove who sends it', {
    code: 'request.unproven',
    kind: 'unauthenticated',
  });
}
