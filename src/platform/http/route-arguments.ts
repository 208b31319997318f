import type { Context } from 'koa';
import { AppError, invalidInput, type FieldError } from '../../kernel/errors.js';
import type { Models, Parameter, Route } from './route-table.js';
import { propertyNames, SchemaCheck } from './schema-check.js';

const SUPPORTED = new Set(['request', 'query', 'queries', 'path', 'header', 'body']);

const NONE: ReadonlySet<string> = new Set();

/** Reads the arguments of a route's controller method out of a request. */
export type ArgumentReader = (ctx: Context) => unknown[];

/**
 * Compiles a route's parameters. Faults in a body point into it (`/numbers/0`), others begin with
 * `/query` or `/header`; unknown query parameters are faults too. Throws a 422 with them all, or a 404 where the
 * path itself is malformed: nothing can be there. With `hasOwnBody` the body is the method's to read.
 */
export function argumentReader(route: Route, models: Models, hasOwnBody = false): ArgumentReader {
  const odd = route.parameters.find((parameter) => !SUPPORTED.has(parameter.in));
  if (odd) throw new Error(`${route.action}: a parameter "in ${odd.in}" is not supported`);
  const queries = declaredQueries(route, models);
  return (ctx) => {
    const errors = unknownQueries(ctx, queries);
    const values = route.parameters.map((parameter) => {
      if (parameter.in === 'request') return ctx.request;
      if (parameter.in === 'body' && hasOwnBody) return undefined;
      const check = new SchemaCheck(models, parameter.in !== 'body', prefix(parameter));
      const value = check.check(rawValue(ctx, parameter, queries), parameter);
      errors.push(...check.errors);
      return value;
    });
    if (errors.some((error) => error.pointer.startsWith('/path/'))) throw notFound();
    if (errors.length > 0) throw invalidInput(errors);
    return values;
  };
}

/** Throws a 404 where the path is malformed, before anything of the body is looked at. */
export function pathJudge(route: Route, models: Models): (ctx: Context) => void {
  const inPath = route.parameters.filter((parameter) => parameter.in === 'path');
  return (ctx) => {
    for (const parameter of inPath) {
      const check = new SchemaCheck(models, true, prefix(parameter));
      check.check(rawValue(ctx, parameter, NONE), parameter);
      if (check.errors.length > 0) throw notFound();
    }
  };
}

export function notFound(): AppError {
  return new AppError('Nothing is here', { code: 'request.not-found', kind: 'not-found' });
}

function declaredQueries(route: Route, models: Models): ReadonlySet<string> {
  const names = route.parameters.flatMap((parameter) => {
    if (parameter.in === 'query') return [parameter.name];
    return parameter.in === 'queries' ? propertyNames(parameter, models) : [];
  });
  return new Set(names);
}

function unknownQueries(ctx: Context, known: ReadonlySet<string>): FieldError[] {
  return Object.keys(ctx.query)
    .filter((name) => !known.has(name))
    .slice(0, 20)
    .map((name) => ({ pointer: `/query/${name.slice(0, 64)}`, detail: 'is not a parameter of this call' }));
}

function prefix(parameter: Parameter): string[] {
  if (parameter.in === 'body') return [];
  return parameter.in === 'queries' ? ['query'] : [parameter.in, parameter.name];
}

function rawValue(ctx: Context, parameter: Parameter, queries: ReadonlySet<string>): unknown {
  switch (parameter.in) {
    case 'query':
      return ctx.query[parameter.name];
    case 'queries':
      // Others are faults already.
      return Object.fromEntries(Object.entries(ctx.query).filter(([name]) => queries.has(name)));
    case 'path':
      return (ctx as Context & { params: Record<string, string> }).params[parameter.name];
    case 'header':
      return ctx.get(parameter.name) || undefined;
    default:
      return (ctx.request as { body?: unknown }).body;
  }
}
