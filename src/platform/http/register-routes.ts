import type { RouterContext, RouterInstance } from '@koa/router';
import type { Context } from 'koa';
import { isFresh } from './etag.js';
import { contextOf } from './request-context.js';
import { ownBodyOf } from './own-body.js';
import type { OwnBody } from './own-body.js';
import { requireRole, rolesOf } from './roles.js';
import { answerInOwnForm, ownFormOf } from './own-form.js';
import { argumentReader, pathJudge } from './route-arguments.js';
import type { RouteTable } from './route-table.js';
import { Serialized } from './serialized.js';

/** What tsoa's `Controller` holds: the answer's status and headers. */
interface RequestState {
  statusCode: number | undefined;
  headers: Record<string, string | string[] | undefined>;
}

type Method = (...args: unknown[]) => unknown;

/** What comes before a route's own work: who calls (into the request's context), then the body where it takes one. */
export interface Preparation {
  authenticate(ctx: Context): Promise<void>;
  readBody(ctx: Context, own: OwnBody | undefined): Promise<void>;
}

/**
 * Puts tsoa's routes on a router. `controllers` are instances of the table's classes, shared by all requests.
 * Throws at once for a route without a role, and for a controller that nobody gave.
 */
export function registerRoutes(
  router: RouterInstance,
  table: RouteTable,
  controllers: readonly object[],
  prepare: Preparation,
): void {
  const instances = new Map(controllers.map((controller) => [controller.constructor, controller]));
  for (const route of namedFirst(table.routes)) {
    const roles = rolesOf(route);
    const instance = instances.get(route.controller);
    if (!instance) throw new Error(`no controller was given for ${route.controller.name}`);
    const ownBody = ownBodyOf(route.controller, route.action);
    const readArguments = argumentReader(route, table.models, ownBody !== undefined);
    const hasBody = route.parameters.some((parameter) => parameter.in === 'body');
    const ownForm = ownFormOf(route.controller, route.action);
    const judgePath = pathJudge(route, table.models);
    const serve = async (ctx: RouterContext): Promise<void> => {
      judgePath(ctx);
      if (hasBody) await prepare.readBody(ctx, ownBody);
      const controller = ofOneRequest(instance);
      const result = await controller[route.action]!(...readArguments(ctx));
      answer(ctx, controller, result, route.successStatus);
    };
    router.register(route.path, [route.method], async (ctx: RouterContext) => {
      await prepare.authenticate(ctx);
      requireRole(contextOf(ctx.request).principal, roles);
      await serve(ctx).catch((error: unknown) => answerInOwnForm(ctx, ownForm, error));
    });
  }
}

/** The first that matches answers: a path that names all its parts goes before one with a place for anything. */
function namedFirst(routes: RouteTable['routes']): RouteTable['routes'] {
  const places = ({ path }: RouteTable['routes'][number]): number => path.split('/:').length;
  return [...routes].sort((one, other) => places(one) - places(other));
}

/** tsoa's controllers carry status and headers: each request gets those for itself, over the shared instance. */
function ofOneRequest(instance: object): Record<string, Method> {
  const state: RequestState = { statusCode: undefined, headers: {} };
  return Object.assign(Object.create(instance) as Record<string, Method>, state);
}

function answer(ctx: Context, controller: object, result: unknown, successStatus: number | undefined): void {
  const { statusCode, headers } = controller as RequestState;
  if (result instanceof Serialized) setBody(ctx, result.body, result.contentType);
  else if (result !== undefined && result !== null) setBody(ctx, JSON.stringify(result), 'application/json');
  ctx.status = statusCode ?? successStatus ?? (result === undefined || result === null ? 204 : 200);
  for (const [name, value] of Object.entries(headers)) if (value !== undefined) ctx.set(name, value);
  if (ctx.status === 200) omitKnown(ctx);
}

/** What the caller has already is not sent again. */
function omitKnown(ctx: Context): void {
  const etag = ctx.response.headers['etag'];
  const isRead = ctx.method === 'GET' || ctx.method === 'HEAD';
  if (isRead && typeof etag === 'string' && isFresh(ctx.request, etag)) ctx.status = 304;
}

function setBody(ctx: Context, body: string | Buffer, type: string): void {
  ctx.body = body;
  ctx.type = type;
}
