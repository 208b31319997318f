import type { Request as KoaRequest } from 'koa';
import {
  Controller,
  Get,
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
import {
  DEFAULT_LIMIT,
  decodeCursor,
  encodeCursor,
  invalidCursor,
  linkToNext,
} from '../../platform/http/paging.js';
import type { Problem } from '../../platform/http/problem.js';
import type { DeliveriesApi } from './deliveries/deliveries-api.js';
import type { DeliveriesPage } from './deliveries/deliveries.queries.js';
import { attemptView, deliveryView } from './deliveries/delivery-view.js';
import type { AttemptOut, DeliveryOut } from './deliveries/delivery-view.js';
import type { WebhooksApi } from './endpoints/webhooks-api.js';
import { callerOf } from './webhooks.controller.js';

export interface DeliveryListOut {
  items: DeliveryOut[];
  next_cursor: string | null;
}

/** A delivery with what is sent and how each attempt went. */
export interface DeliveryDetailsOut extends DeliveryOut {
  /** The newest 100, oldest first. */
  attempts: AttemptOut[];
  /** The CloudEvent that is sent. */
  payload: unknown;
}

export interface EventTypesOut {
  items: string[];
}

export interface DeliveryListQuery {
  /**
   * How many at most; 100 where it is not given.
   * @isInt limit
   * @minimum 1
   * @maximum 1000
   */
  limit?: number;
  /** Where the page before ended. */
  cursor?: string;
  status?: 'pending' | 'delivered' | 'failed';
  event_type?: string;
  subject?: string;
  /**
   * Made at this time or later, RFC 3339.
   * @isDateTime
   */
  from?: Date;
  /**
   * Made before this time, RFC 3339.
   * @isDateTime
   */
  to?: Date;
}

@Route('api/v1')
@Tags('webhooks')
@Response<Problem>(401, 'No valid token')
export class DeliveriesController extends Controller {
  constructor(
    private readonly webhooks: WebhooksApi,
    private readonly deliveries: DeliveriesApi,
  ) {
    super();
  }

  /** The event types that webhooks can be told of. */
  @Get('event-types')
  @Security('token', ['viewer', 'client'])
  eventTypes(): EventTypesOut {
    return { items: [...this.webhooks.eventTypes()].sort() };
  }

  /** Deliveries of a webhook, newest first. */
  @Get('webhooks/{webhook_id}/deliveries')
  @Security('token', ['viewer', 'client'])
  @SuccessResponse<{ Link?: string }>(200, 'A page')
  @Response<Problem>(404, 'Webhook not found')
  @Response<Problem>(422, 'A parameter is invalid or unknown')
  async list(
    @Request() request: KoaRequest,
    @Path() webhook_id: string,
    @Queries() query: DeliveryListQuery,
  ): Promise<DeliveryListOut> {
    const { id } = await this.webhooks.require(webhook_id, callerOf(request));
    const limit = query.limit ?? DEFAULT_LIMIT;
    const found = await this.deliveries.list({ ...pageOf(query), endpointId: id, limit: limit + 1 });
    const shown = found.slice(0, limit);
    const last = found.length > limit ? shown.at(-1) : undefined;
    const next = last ? encodeCursor([last.createdAt, last.seq]) : null;
    if (next !== null) this.setHeader('Link', linkToNext(request, next));
    return { items: shown.map(deliveryView), next_cursor: next };
  }

  /** One delivery with what is sent, and each attempt: time, status, duration, error, and the answer's first 4 KiB. */
  @Get('deliveries/{delivery_id}')
  @Security('token', ['viewer', 'client'])
  @Response<Problem>(404, 'Delivery not found')
  @Response<Problem>(410, 'Removed by retention')
  async get(@Request() request: KoaRequest, @Path() delivery_id: string): Promise<DeliveryDetailsOut> {
    const { delivery, attempts, body } = await this.deliveries.show(delivery_id, callerOf(request));
    const payload: unknown = body === undefined ? null : JSON.parse(body);
    return { ...deliveryView(delivery), attempts: attempts.map(attemptView), payload };
  }

  /**
   * Sends a delivery again, under the same `webhook-id` and with the whole retry schedule before it; one that is still
   * on its way is tried at once.
   */
  @Post('deliveries/{delivery_id}/resend')
  @Security('token', ['operator', 'client'])
  @SuccessResponse(202, 'On its way')
  @Response<Problem>(404, 'Delivery not found')
  @Response<Problem>(409, 'Its webhook is disabled')
  @Response<Problem>(410, 'Removed by retention')
  async resend(@Request() request: KoaRequest, @Path() delivery_id: string): Promise<DeliveryOut> {
    this.setStatus(202);
    return deliveryView(await this.deliveries.resend(delivery_id, callerOf(request)));
  }
}

function pageOf({
  cursor,
  status,
  event_type,
  subject,
  from,
  to,
}: DeliveryListQuery): Omit<DeliveriesPage, 'limit'> {
  return {
    ...(cursor !== undefined && { before: cursorOf(cursor) }),
    ...(status && { state: status }),
    ...(event_type !== undefined && { eventType: event_type }),
    ...(subject !== undefined && { subject }),
    ...(from && { fromMs: from.getTime() }),
    ...(to && { toMs: to.getTime() }),
  };
}

function cursorOf(cursor: string): { createdAt: number; seq: number } {
  const [createdAt, seq] = decodeCursor(cursor);
  if (Number.isSafeInteger(createdAt) && Number.isSafeInteger(seq)) {
    return { createdAt: createdAt as number, seq: seq as number };
  }
  throw invalidCursor();
}
