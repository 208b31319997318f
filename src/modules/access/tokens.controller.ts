import type { Request as KoaRequest } from 'koa';
import {
  Body,
  Controller,
  Delete,
  Get,
  Path,
  Post,
  Request,
  Response,
  Route,
  Security,
  SuccessResponse,
  Tags,
} from '@tsoa/runtime';
import { toRfc3339 } from '../../kernel/clock.js';
import type { Problem } from '../../platform/http/problem.js';
import { contextOf } from '../../platform/http/request-context.js';
import type { Role } from '../../platform/http/request-context.js';
import type { AccessApi } from './index.js';
import type { Token } from './token.js';

export interface TokenIn {
  /** Unique; kept with every act of the token. Letters, digits and ._@-, at most 64. */
  name: string;
  role: Role;
  /** For the role `client` alone: whose things it may see. */
  client_id?: string;
}

export interface TokenOut {
  id: string;
  name: string;
  role: Role;
  client_id: string | null;
  created_at: string;
  created_by: string;
  revoked_at: string | null;
  last_used_at: string | null;
}

export interface TokenCreatedOut extends TokenOut {
  /** The token itself; shown this once. */
  token: string;
}

export interface TokenListOut {
  items: TokenOut[];
  next_cursor: string | null;
}

@Route('api/v1/tokens')
@Tags('tokens')
@Response<Problem>(401, 'No valid token')
@Response<Problem>(403, 'The token is not an admin')
export class TokensController extends Controller {
  constructor(private readonly access: AccessApi) {
    super();
  }

  /** All tokens, revoked ones too, newest first; without their secrets. */
  @Get()
  @Security('token', ['admin'])
  async list(): Promise<TokenListOut> {
    return { items: (await this.access.list()).map(present), next_cursor: null };
  }

  /** Makes a token. Its text is in this answer and nowhere else. */
  @Post()
  @Security('token', ['admin'])
  @SuccessResponse(201, 'Created')
  @Response<Problem>(409, 'The name is taken')
  @Response<Problem>(422, 'A field is invalid')
  async create(@Request() request: KoaRequest, @Body() body: TokenIn): Promise<TokenCreatedOut> {
    const createdBy = contextOf(request).principal.name;
    const { name, role, client_id } = body;
    const clientId = client_id === undefined ? {} : { clientId: client_id };
    const { token, text } = await this.access.create({ name, role, createdBy, ...clientId });
    this.setStatus(201);
    this.setHeader('Location', `/api/v1/tokens/${token.id}`);
    return { ...present(token), token: text };
  }

  /** Revokes a token; it is refused at once here, and within 5 s by other replicas. */
  @Delete('{id}')
  @Security('token', ['admin'])
  @SuccessResponse(204, 'Revoked')
  @Response<Problem>(404, 'No such active token')
  async revoke(@Path() id: string): Promise<void> {
    await this.access.revoke(id);
    this.setStatus(204);
  }
}

function present(token: Token): TokenOut {
  const time = (ms: number | null): string | null => (ms === null ? null : toRfc3339(ms));
  return {
    id: token.id,
    name: token.name,
    role: token.role,
    client_id: token.clientId,
    created_at: toRfc3339(token.createdAt),
    created_by: token.createdBy,
    revoked_at: time(token.revokedAt),
    last_used_at: time(token.lastUsedAt),
  };
}
