import type { Request as KoaRequest } from 'koa';
import {
  Body,
  Controller,
  Delete,
  Extension,
  Get,
  Patch,
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
import { etagOf, requireMatch } from '../../../platform/http/etag.js';
import { encodeCursor, linkToNext } from '../../../platform/http/paging.js';
import type { Problem } from '../../../platform/http/problem.js';
import { actorOf, idInCursor, onceOf, sightOf } from './calls.controller.js';
import type { ClientsApi } from './clients-api.js';
import { clientView } from './sensor-view.js';
import type { ClientOut } from './sensor-view.js';
import type { VisibleText } from './sensors.controller.js';

export interface ClientIn {
  /** Unique. */
  name: VisibleText;
}

export interface ClientListOut {
  items: ClientOut[];
  next_cursor: string | null;
}

@Route('api/v1/clients')
@Tags('sensors')
@Response<Problem>(401, 'No valid token')
@Response<Problem>(403, 'Not allowed to act')
export class ClientsController extends Controller {
  constructor(private readonly clients: ClientsApi) {
    super();
  }

  /**
   * Clients, oldest first. The role `client` sees itself alone.
   * @param limit how many at most
   * @isInt limit
   * @minimum limit 1
   * @maximum limit 1000
   * @param cursor where the page before ended
   * @maxLength name 200
   * @pattern name ^[^\u0000]*$ must have no NUL
   */
  @Get()
  @Security('token', ['viewer', 'client'])
  @SuccessResponse<{ Link?: string }>(200, 'A page')
  @Response<Problem>(422, 'A parameter is invalid or unknown')
  async list(
    @Request() request: KoaRequest,
    @Query() limit = 100,
    @Query() cursor?: string,
    @Query() name?: string,
  ): Promise<ClientListOut> {
    const after = cursor === undefined ? {} : { after: idInCursor(cursor) };
    const named = name === undefined ? {} : { name };
    const page = await this.clients.list({ ...after, ...named, limit: limit + 1 }, sightOf(request));
    const shown = page.slice(0, limit);
    const next = page.length > limit ? encodeCursor([shown.at(-1)!.id]) : null;
    if (next !== null) this.setHeader('Link', linkToNext(request, next));
    return { items: shown.map(clientView), next_cursor: next };
  }

  /** Makes a client. An `Idempotency-Key` makes repeated calls one. */
  @Post()
  @Extension('x-idempotency-key', true)
  @Security('token', ['operator'])
  @SuccessResponse<{ Location: string; ETag: string }>(201, 'Created')
  @Response<Problem>(409, 'The name is taken')
  @Response<Problem>(422, 'A field is invalid')
  async create(@Request() request: KoaRequest, @Body() body: ClientIn): Promise<ClientOut> {
    const once = onceOf(request, 'POST /api/v1/clients');
    const client = await this.clients.create(body.name, actorOf(request), once);
    this.setHeader('Location', `/api/v1/clients/${client.id}`);
    this.setHeader('ETag', etagOf(client.version));
    return clientView(client);
  }

  /** One client. */
  @Get('{client_id}')
  @Security('token', ['viewer', 'client'])
  @SuccessResponse<{ ETag: string }>(200, 'The client')
  @Response(304, 'The caller has it already: If-None-Match names its ETag')
  @Response<Problem>(404, 'Client not found')
  async get(@Request() request: KoaRequest, @Path() client_id: string): Promise<ClientOut> {
    const client = await this.clients.require(client_id, sightOf(request));
    this.setHeader('ETag', etagOf(client.version));
    return clientView(client);
  }

  /** Renames a client. */
  @Patch('{client_id}')
  @Security('token', ['operator'])
  @SuccessResponse<{ ETag: string }>(200, 'As it is now')
  @Response<Problem>(404, 'Client not found')
  @Response<Problem>(409, 'The name is taken')
  @Response<Problem>(412, 'The client has changed since the ETag in If-Match')
  @Response<Problem>(422, 'A field is invalid')
  async change(
    @Request() request: KoaRequest,
    @Path() client_id: string,
    @Body() body: Partial<ClientIn>,
  ): Promise<ClientOut> {
    const client = await this.clients.require(client_id);
    requireMatch(request, etagOf(client.version));
    const changed = body.name === undefined ? client : await this.clients.rename(client, body.name);
    this.setHeader('ETag', etagOf(changed.version));
    return clientView(changed);
  }

  /** Deletes a client that has no sensors any more. */
  @Delete('{client_id}')
  @Security('token', ['operator'])
  @SuccessResponse(204, 'Deleted')
  @Response<Problem>(404, 'Client not found')
  @Response<Problem>(409, 'The client still has sensors')
  @Response<Problem>(412, 'The client has changed since the ETag in If-Match')
  async remove(@Request() request: KoaRequest, @Path() client_id: string): Promise<void> {
    const client = await this.clients.require(client_id);
    requireMatch(request, etagOf(client.version));
    await this.clients.remove(client);
  }
}
