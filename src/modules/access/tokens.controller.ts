import type { Request as KoaRequest } from 'koa';
import {
  Body,
  Controller,
  Delete,
  Get,
  Path,
  Post,
  Query,
  Request,
  Response,
  Route,
  Security,
  SuccessResponse,
  Tags,
} from '@tsoa/runtime';
import { isUuid, type Uuid } from '../../kernel/ids.js';
import { decodeCursor, encodeCursor, invalidCursor, linkToNext } from '../../platform/http/paging.js';
import type { Problem } from '../../platform/http/problem.js';
import { contextOf } from '../../platform/http/request-context.js';
import type { AccessApi } from './access-api.js';
import { viewOf } from './token-view.js';
import type { TokenOut } from './token-view.js';

export interface TokenIn {
  /**
   * Unique for ever, revoked ones included: it is kept with every act.
   * @minLength 1
   * @maxLength 64
   */
  name: string;
  role: 'admin' | 'operator' | 'viewer' | 'client';
  /**
   * Whose own things a `client` token sees; asked of those alone.
   * @minLength 1
   * @maxLength 64
   */
  client_id?: string;
}

export interface CreatedTokenOut extends TokenOut {
  /** What its owner sends. It is shown here, and never again. */
  token: string;
}

export interface TokenListOut {
  items: TokenOut[];
  next_cursor: string | null;
}

@Route('api/v1/tokens')
@Tags('tokens')
@Response<Problem>(401, 'No valid token')
@Response<Problem>(403, 'Not an admin')
export class TokensController extends Controller {
  constructor(private readonly access: AccessApi) {
    super();
  }

  /**
   * Tokens, oldest first, revoked ones too; never their secrets.
   * @param limit how many at most
   * @isInt limit
   * @minimum limit 1
   * @maximum limit 1000
   * @param cursor where the page before ended
   */
  @Get()
  @Security('token', ['admin'])
  @SuccessResponse<{ Link?: string }>(200, 'A page')
  async list(
    @Request() request: KoaRequest,
    @Query() limit = 100,
    @Query() cursor?: string,
  ): Promise<TokenListOut> {
    const page = await this.access.list(cursor === undefined ? undefined : idOf(cursor), limit + 1);
    const shown = page.slice(0, limit);
    const last = page.length > limit ? shown.at(-1) : undefined;
    const next = last ? encodeCursor([last.id]) : null;
    if (next !== null) this.setHeader('Link', linkToNext(request, next));
    return { items: shown.map(viewOf), next_cursor: next };
  }

  /** One token. */
  @Get('{token_id}')
  @Security('token', ['admin'])
  @Response<Problem>(404, 'Token not found')
  async get(@Path() token_id: string): Promise<TokenOut> {
    return viewOf(await this.access.require(token_id));
  }

  /** Makes a token, and shows it this once. From the first one on, tokens are asked of everyone. */
  @Post()
  @Security('token', ['admin'])
  @SuccessResponse<{ Location: string }>(201, 'Created')
  @Response<Problem>(409, 'The name is taken')
  @Response<Problem>(422, 'A field is invalid')
  async create(@Request() request: KoaRequest, @Body() body: TokenIn): Promise<CreatedTokenOut> {
    const createdBy = contextOf(request).principal.name;
    const { name, role, client_id: clientId } = body;
    const { token, text } = await this.access.create({ name, role, clientId, createdBy });
    this.setHeader('Location', `/api/v1/tokens/${token.id}`);
    return { ...viewOf(token), token: text };
  }

  /** Revokes a token: at once here, within 5 s at every replica. Doing it again changes nothing. */
  @Delete('{token_id}')
  @Security('token', ['admin'])
  @SuccessResponse(204, 'Revoked')
  @Response<Problem>(404, 'Token not found')
  async revoke(@Request() request: KoaRequest, @Path() token_id: string): Promise<void> {
    await this.access.revoke(token_id, contextOf(request).principal.name);
  }
}

function idOf(cursor: string): Uuid {
  const [id] = decodeCursor(cursor);
  if (typeof id === 'string' && isUuid(id)) return id;
  throw invalidCursor();
}
