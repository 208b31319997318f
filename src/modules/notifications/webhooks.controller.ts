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
  Queries,
  Request,
  Response,
  Route,
  Security,
  SuccessResponse,
  Tags,
} from '@tsoa/runtime';
import { isUuid, type Uuid } from '../../kernel/ids.js';
import { etagOf, requireMatch } from '../../platform/http/etag.js';
import { idempotencyKeyOf } from '../../platform/http/idempotency-key.js';
import {
  DEFAULT_LIMIT,
  decodeCursor,
  encodeCursor,
  invalidCursor,
  linkToNext,
} from '../../platform/http/paging.js';
import type { Problem } from '../../platform/http/problem.js';
import { contextOf } from '../../platform/http/request-context.js';
import type { DeliveriesApi } from './deliveries/deliveries-api.js';
import { deliveryView } from './deliveries/delivery-view.js';
import type { DeliveryOut } from './deliveries/delivery-view.js';
import type { Endpoint } from './endpoints/endpoint.js';
import { webhookView } from './endpoints/endpoint-view.js';
import type { WebhookOut } from './endpoints/endpoint-view.js';
import { changesOf, fieldsOf } from './endpoints/webhook-in.js';
import type { WebhookIn, WebhookPatchIn } from './endpoints/webhook-in.js';
import type { Caller, WebhooksApi, WithSecret } from './endpoints/webhooks-api.js';

export interface RotateIn {
  /**
   * For how long the secret before signs too. Default: a day; 0 ends it at once.
   * @isInt
   * @minimum 0
   * @maximum 604800
   */
  overlap_s?: number;
  /**
   * A secret of your own. Default: a new one.
   * @maxLength 128
   */
  secret?: string;
}

export interface ResendIn {
  /**
   * Deliveries made at this time or later, RFC 3339.
   * @isDateTime
   */
  from: Date;
  /**
   * Deliveries made before this time, RFC 3339.
   * @isDateTime
   */
  to: Date;
  /** Default: failed. */
  status?: 'failed' | 'delivered' | 'all';
}

export interface ResentOut {
  /** Deliveries that are on their way again. */
  resent: number;
  /** There are others in the range: call again. */
  more: boolean;
}

export interface WebhookWithSecretOut extends WebhookOut {
  /** What requests are signed with. It is shown here, and never again. */
  secret: string;
}

export interface WebhookListOut {
  items: WebhookOut[];
  next_cursor: string | null;
}

export interface WebhookListQuery {
  /**
   * How many at most; 100 where it is not given.
   * @isInt limit
   * @minimum 1
   * @maximum 1000
   */
  limit?: number;
  /** Where the page before ended. */
  cursor?: string;
  client_id?: string;
  enabled?: boolean;
}

const DEFAULT_OVERLAP_S = 86_400;

@Route('api/v1/webhooks')
@Tags('webhooks')
@Response<Problem>(401, 'No valid token')
export class WebhooksController extends Controller {
  constructor(
    private readonly webhooks: WebhooksApi,
    private readonly deliveries: DeliveriesApi,
    private readonly now: () => number,
  ) {
    super();
  }

  /** Webhooks and Telegram subscriptions, newest first; never their secrets. A client sees its own. */
  @Get()
  @Security('token', ['viewer', 'client'])
  @SuccessResponse<{ Link?: string }>(200, 'A page')
  async list(@Request() request: KoaRequest, @Queries() query: WebhookListQuery): Promise<WebhookListOut> {
    const { limit = DEFAULT_LIMIT, cursor, client_id: clientId, enabled } = query;
    const page = { limit: limit + 1, ...(cursor !== undefined && { before: idOf(cursor) }) };
    const filter = { ...(clientId !== undefined && { clientId }), ...(enabled !== undefined && { enabled }) };
    const found = await this.webhooks.list({ ...page, ...filter }, callerOf(request));
    const shown = found.slice(0, limit);
    const last = found.length > limit ? shown.at(-1) : undefined;
    const next = last ? encodeCursor([last.id]) : null;
    if (next !== null) this.setHeader('Link', linkToNext(request, next));
    return { items: await this.viewsOf(shown), next_cursor: next };
  }

  /** One webhook, with how it has been answering. */
  @Get('{webhook_id}')
  @Security('token', ['viewer', 'client'])
  @SuccessResponse<{ ETag: string }>(200, 'The webhook')
  @Response(304, 'The caller has it already: If-None-Match names its ETag')
  @Response<Problem>(404, 'Webhook not found')
  async get(@Request() request: KoaRequest, @Path() webhook_id: string): Promise<WebhookOut> {
    return this.shown(await this.webhooks.require(webhook_id, callerOf(request)));
  }

  /**
   * Makes a webhook, and shows its secret this once. Requests to it are signed by Standard Webhooks 1.0; the body is a
   * CloudEvent.
   */
  @Post()
  @Extension('x-idempotency-key', true)
  @Security('token', ['operator', 'client'])
  @SuccessResponse<{ Location: string; ETag: string }>(201, 'Created')
  @Response<Problem>(409, 'There are too many, or Telegram is not configured')
  @Response<Problem>(422, 'A field is invalid, or the URL leads to a private address')
  async create(@Request() request: KoaRequest, @Body() body: WebhookIn): Promise<WebhookWithSecretOut> {
    const key = idempotencyKeyOf(request);
    const bytes = contextOf(request).body?.bytes;
    const idempotency = key !== undefined && bytes ? { key, body: bytes } : undefined;
    const caller = callerOf(request);
    const made = await this.webhooks.create(fieldsOf(body), caller, body.secret, idempotency);
    this.setHeader('Location', `/api/v1/webhooks/${made.endpoint.id}`);
    return this.withSecret(made);
  }

  /** Changes a webhook: a JSON merge patch. Enabled again, it goes on with what had not been delivered. */
  @Patch('{webhook_id}')
  @Security('token', ['operator', 'client'])
  @SuccessResponse<{ ETag: string }>(200, 'Changed')
  @Response<Problem>(404, 'Webhook not found')
  @Response<Problem>(409, 'It was changed meanwhile')
  @Response<Problem>(412, 'It has changed since the ETag in If-Match')
  @Response<Problem>(422, 'A field is invalid, or the URL leads to a private address')
  async change(
    @Request() request: KoaRequest,
    @Path() webhook_id: string,
    @Body() body: WebhookPatchIn,
  ): Promise<WebhookOut> {
    const caller = callerOf(request);
    const endpoint = await this.matching(request, webhook_id, caller);
    return this.shown(await this.webhooks.change(endpoint, changesOf(body), caller));
  }

  /** Removes a webhook. What was not delivered yet is not sent any more. */
  @Delete('{webhook_id}')
  @Security('token', ['operator', 'client'])
  @SuccessResponse(204, 'Removed')
  @Response<Problem>(404, 'Webhook not found')
  @Response<Problem>(409, 'It was changed meanwhile')
  @Response<Problem>(412, 'It has changed since the ETag in If-Match')
  async remove(@Request() request: KoaRequest, @Path() webhook_id: string): Promise<void> {
    await this.webhooks.remove(await this.matching(request, webhook_id, callerOf(request)));
  }

  /** A new secret, shown this once. For a time requests are signed with the one before too. */
  @Post('{webhook_id}/rotate-secret')
  @Security('token', ['operator', 'client'])
  @SuccessResponse<{ ETag: string }>(200, 'Rotated')
  @Response<Problem>(404, 'Webhook not found')
  @Response<Problem>(409, 'It was changed meanwhile')
  @Response<Problem>(412, 'It has changed since the ETag in If-Match')
  @Response<Problem>(422, 'A field is invalid')
  async rotateSecret(
    @Request() request: KoaRequest,
    @Path() webhook_id: string,
    @Body() body?: RotateIn,
  ): Promise<WebhookWithSecretOut> {
    const endpoint = await this.matching(request, webhook_id, callerOf(request));
    const overlapMs = (body?.overlap_s ?? DEFAULT_OVERLAP_S) * 1000;
    return this.withSecret(await this.webhooks.rotate(endpoint, overlapMs, body?.secret));
  }

  /** Sends deliveries of a range of time again, under their old ids: at most 10,000 in one call, the oldest ones. */
  @Post('{webhook_id}/resend')
  @Security('token', ['operator', 'client'])
  @SuccessResponse(202, 'On their way')
  @Response<Problem>(404, 'Webhook not found')
  @Response<Problem>(409, 'It is disabled')
  @Response<Problem>(422, 'A field is invalid')
  async resend(
    @Request() request: KoaRequest,
    @Path() webhook_id: string,
    @Body() body: ResendIn,
  ): Promise<ResentOut> {
    const endpoint = await this.webhooks.require(webhook_id, callerOf(request));
    const { from, to, status = 'failed' } = body;
    const range = { fromMs: from.getTime(), toMs: to.getTime(), ...(status !== 'all' && { state: status }) };
    this.setStatus(202);
    return this.deliveries.resendRange(endpoint, range);
  }

  /** Sends an event of the type `webhook.test` to this webhook alone. */
  @Post('{webhook_id}/test')
  @Security('token', ['operator', 'client'])
  @SuccessResponse<{ Location: string }>(202, 'On its way')
  @Response<Problem>(404, 'Webhook not found')
  @Response<Problem>(409, 'It is disabled')
  async test(@Request() request: KoaRequest, @Path() webhook_id: string): Promise<DeliveryOut> {
    const caller = callerOf(request);
    const delivery = await this.deliveries.test(await this.webhooks.require(webhook_id, caller), caller);
    this.setStatus(202);
    this.setHeader('Location', `/api/v1/deliveries/${delivery.id}`);
    return deliveryView(delivery);
  }

  private async matching(request: KoaRequest, id: string, caller: Caller): Promise<Endpoint> {
    const endpoint = await this.webhooks.require(id, caller);
    requireMatch(request, tagOf(endpoint));
    return endpoint;
  }

  private async viewsOf(endpoints: readonly Endpoint[]): Promise<WebhookOut[]> {
    const health = await this.webhooks.health(endpoints.map(({ id }) => id));
    return endpoints.map((endpoint) => webhookView(endpoint, health.get(endpoint.id), this.now()));
  }

  private async shown(endpoint: Endpoint): Promise<WebhookOut> {
    this.setHeader('ETag', tagOf(endpoint));
    return (await this.viewsOf([endpoint]))[0]!;
  }

  private async withSecret({ endpoint, secret }: WithSecret): Promise<WebhookWithSecretOut> {
    return { ...(await this.shown(endpoint)), secret };
  }
}

/** Of what was set by hand: how it answers changes all the time. */
function tagOf({ version }: Endpoint): string {
  return etagOf(version);
}

/** Who sent a request. */
export function callerOf(request: KoaRequest): Caller {
  const { name, role, clientId } = contextOf(request).principal;
  return clientId === undefined ? { name, role } : { name, role, clientId };
}

function idOf(cursor: string): Uuid {
  const [id] = decodeCursor(cursor);
  if (typeof id === 'string' && isUuid(id)) return id;
  throw invalidCursor();
}
