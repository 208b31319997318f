import type { Request } from 'koa';
import type { TraceContext } from '../../kernel/trace.js';

export type Role = 'admin' | 'operator' | 'viewer' | 'client';

/** Who calls. `name` is kept with every act (`created_by`). */
export interface Principal {
  role: Role;
  /** The token's name, `loopback` where no tokens are needed, `anonymous` with AUTH=off. */
  name: string;
  /** The client whose own things a `client` token may see. */
  clientId?: string;
}

/** A JSON request body as it came, beside its parsed form. */
export interface RawJsonBody {
  bytes: Buffer;
  /** The raw JSON token of a top-level member (the last one of that name), untouched by number parsing. */
  token(key: string): string | undefined;
}

/** A body that is not parsed yet. */
export interface RawBody {
  /** Without parameters: `text/csv`. */
  type: string;
  /** UTF-8, checked. */
  bytes: Buffer;
}

/** What the middlewares know of a request when a controller runs. */
export interface RequestContext {
  trace: TraceContext;
  principal: Principal;
  /** There where the request had a JSON body. */
  body?: RawJsonBody;
  /** There where the controller's method reads its body by itself. */
  ownBody?: RawBody;
  /** The `Idempotency-Key` header, checked for form (1 to 255 visible characters). */
  idempotencyKey?: string;
  /** Aborts when the client goes away. */
  signal: AbortSignal;
}

/** The context of a request; set by the first middlewares, so it is always there in a controller. */
export function contextOf(request: Request): RequestContext {
  return request.ctx.state;
}
