import { Controller } from '@tsoa/runtime';
import type { Request } from 'koa';
import { AppError, type ErrorKind } from '../../src/kernel/errors.js';
import { contextOf } from '../../src/platform/http/request-context.js';
import type { Models, Route, RouteTable } from '../../src/platform/http/route-table.js';
import { serialized } from '../../src/platform/http/serialized.js';

/** What controllers do, for the specs of what runs them. */
export class SpecController extends Controller {
  /** Resolves what `wait` waits for. */
  release: () => void = () => undefined;
  readonly released = new Promise<void>((resolve) => (this.release = resolve));

  echo(request: Request, body: unknown): object {
    const { body: raw, idempotencyKey, trace } = contextOf(request);
    return { body, token: raw?.token('id') ?? null, key: idempotencyKey ?? null, trace };
  }

  list(limit: number, flag?: boolean): object {
    return { limit, flag };
  }

  text(): object {
    this.setStatus(203);
    this.setHeader('X-Made', 'here');
    return serialized('text/csv; charset=utf-8', 'a,b\n');
  }

  nothing(): void {
    // 204
  }

  fail(kind: string): never {
    if (kind === 'foreign') throw Object.assign(new Error('secret inside'), { status: 404, expose: true });
    if (kind === 'text') throw 'secret inside' as unknown as Error;
    throw new AppError('What happened', { code: `spec.${kind}`, kind: kind as ErrorKind, retryAfterS: 3 });
  }

  async wait(): Promise<object> {
    await this.released;
    return { done: true };
  }
}

const models: Models = {
  Thing: {
    dataType: 'refObject',
    properties: {
      id: { dataType: 'union', subSchemas: [{ dataType: 'string' }, { dataType: 'double' }], required: true },
      numbers: { dataType: 'array', array: { dataType: 'integer', validators: { minimum: { value: 0 } } } },
      parts: { dataType: 'array', array: { ref: 'Part' } },
      password: { dataType: 'integer' },
    },
    additionalProperties: false,
  },
  Part: {
    dataType: 'refObject',
    properties: { name: { dataType: 'string', required: true, validators: { maxLength: { value: 3 } } } },
    additionalProperties: false,
  },
};

const viewer = [{ token: ['viewer'] }];
const route = (
  method: string,
  path: string,
  action: string,
  parameters: Route['parameters'] = [],
): Route => ({
  method,
  path,
  controller: SpecController,
  action,
  security: viewer,
  parameters,
});

export const specRoutes: RouteTable = {
  models,
  routes: [
    route('post', '/echo', 'echo', [
      { in: 'request', name: 'request', dataType: 'object' },
      { in: 'body', name: 'body', required: true, ref: 'Thing' },
    ]),
    route('get', '/list', 'list', [
      {
        in: 'query',
        name: 'limit',
        dataType: 'integer',
        default: 100,
        validators: { minimum: { value: 1 }, maximum: { value: 9 } },
      },
      { in: 'query', name: 'flag', dataType: 'boolean' },
    ]),
    route('get', '/text', 'text'),
    route('delete', '/nothing', 'nothing'),
    route('get', '/fail/:kind', 'fail', [{ in: 'path', name: 'kind', required: true, dataType: 'string' }]),
    route('get', '/number/:id', 'nothing', [{ in: 'path', name: 'id', required: true, dataType: 'integer' }]),
    route('get', '/wait', 'wait'),
  ],
};
