import type { Request as KoaRequest } from 'koa';
import {
  Body,
  Controller,
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
import { hideSecrets } from '../../platform/log/hide-secrets.js';
import { decodeCursor, encodeCursor, invalidCursor, linkToNext } from '../../platform/http/paging.js';
import type { Problem } from '../../platform/http/problem.js';
import { contextOf } from '../../platform/http/request-context.js';
import { serialized } from '../../platform/http/serialized.js';
import type { Actor } from './act-on-letter.js';
import { viewOf } from './dead-letter-view.js';
import type { DeadLetterView } from './dead-letter-view.js';
import type { DeadLettersApi } from './dead-letters-api.js';
import type { BulkFilter } from './bulks.repository.js';
import { shownLetter } from './shown-letter.js';
import type { DeadLetterOut } from './shown-letter.js';

export interface DeadLetterListOut {
  items: DeadLetterView[];
  next_cursor: string | null;
}

export interface DiscardIn {
  /**
   * Why; kept with the letter.
   * @minLength 1
   * @maxLength 500
   */
  reason: string;
}

/** Which waiting letters; without any field all of them. */
export interface DeadLetterFilterIn {
  kind?: 'message' | 'task';
  /**
   * The queue, or the task's type.
   * @minLength 1
   * @maxLength 255
   */
  source?: string;
  /**
   * @minLength 1
   * @maxLength 255
   */
  reason?: string;
  /**
   * Put away at this time or later, RFC 3339.
   * @isDateTime
   */
  from?: Date;
  /**
   * Put away before this time, RFC 3339.
   * @isDateTime
   */
  to?: Date;
}

export interface BulkReplayIn {
  filter: DeadLetterFilterIn;
  /** True: nothing is done, and the answer says what would be. */
  dry_run: boolean;
  /**
   * Letters at most, the oldest ones. Default 10,000.
   * @isInt
   * @minimum 1
   * @maximum 10000
   */
  limit?: number;
  /**
   * Letters in a second. Default 50.
   * @isInt
   * @minimum 1
   * @maximum 1000
   */
  rate_per_s?: number;
}

export interface BulkDiscardIn {
  filter: DeadLetterFilterIn;
  /** True: nothing is done, and the answer says what would be. */
  dry_run: boolean;
  /**
   * Why; kept with each letter.
   * @minLength 1
   * @maxLength 500
   */
  reason: string;
  /**
   * Letters at most, the oldest ones. Default 10,000.
   * @isInt
   * @minimum 1
   * @maximum 10000
   */
  limit?: number;
}

export interface BulkOut {
  dry_run: boolean;
  /** Waiting letters that the filter finds and that no other bulk has. */
  matched: number;
  /** Letters that will be acted on; not in a dry run. */
  accepted?: number;
  /** The oldest of them, at most 10; in a dry run. */
  sample?: DeadLetterView[];
}

export interface StoppedOut {
  /** Letters that bulks had yet to act on. */
  stopped: number;
}

const DEFAULT_RATE = 50;
const MOST_IN_BULK = 10_000;
const JSON_TYPE = 'application/json; charset=utf-8';

@Route('api/v1/dead-letters')
@Tags('dead letters')
@Response<Problem>(401, 'No valid token')
export class DeadLettersController extends Controller {
  constructor(private readonly letters: DeadLettersApi) {
    super();
  }

  /**
   * Dead letters, newest first: messages that were no valid work, tasks that failed for good.
   * @param limit how many at most
   * @isInt limit
   * @minimum limit 1
   * @maximum limit 1000
   * @param cursor where the page before ended
   * @param source the queue, or the task's type
   * @param from put away at this time or later, RFC 3339
   * @isDateTime from
   * @param to put away before this time, RFC 3339
   * @isDateTime to
   */
  @Get()
  @Security('token', ['viewer'])
  @Response<Problem>(422, 'A parameter is invalid or unknown')
  async list(
    @Request() request: KoaRequest,
    @Query() limit = 100,
    @Query() cursor?: string,
    @Query() kind?: 'message' | 'task',
    @Query() source?: string,
    @Query() reason?: string,
    @Query() status?: 'waiting' | 'replayed' | 'discarded',
    @Query() from?: Date,
    @Query() to?: Date,
  ): Promise<DeadLetterListOut> {
    const page = await this.letters.list({
      limit: limit + 1,
      ...(cursor === undefined ? {} : { before: idOf(cursor) }),
      ...(status === undefined ? {} : { status }),
      ...filterOf({ kind, source, reason, from, to }),
    });
    const shown = page.slice(0, limit);
    const last = page.length > limit ? shown.at(-1) : undefined;
    const next = last ? encodeCursor([last.id]) : null;
    if (next !== null) this.setHeader('Link', linkToNext(request, next));
    return { items: shown.map(viewOf), next_cursor: next };
  }

  /** One dead letter with what it holds, secrets hidden, and what was done with it. */
  @Get('{letter_id}')
  @Security('token', ['viewer'])
  @Response<Problem>(404, 'Dead letter not found')
  @Response<Problem>(410, 'Removed by retention')
  async get(@Path() letter_id: string): Promise<DeadLetterOut> {
    return serialized(JSON_TYPE, shownLetter(await this.letters.show(letter_id), hideSecrets));
  }

  /** Publishes the message again under a new id, or makes a new task of the old one; once. */
  @Post('{letter_id}/replay')
  @Security('token', ['operator'])
  @Response<Problem>(404, 'Dead letter not found')
  @Response<Problem>(409, 'It was replayed or discarded before')
  @Response<Problem>(410, 'The letter, or its task, was removed by retention')
  async replay(@Request() request: KoaRequest, @Path() letter_id: string): Promise<DeadLetterView> {
    return viewOf(await this.letters.replay(letter_id, actorOf(request)));
  }

  /** Puts a letter aside for good. */
  @Post('{letter_id}/discard')
  @Security('token', ['operator'])
  @Response<Problem>(404, 'Dead letter not found')
  @Response<Problem>(409, 'It was replayed or discarded before')
  @Response<Problem>(410, 'Removed by retention')
  @Response<Problem>(422, 'A field is invalid')
  async discard(
    @Request() request: KoaRequest,
    @Path() letter_id: string,
    @Body() body: DiscardIn,
  ): Promise<DeadLetterView> {
    return viewOf(await this.letters.discard(letter_id, body.reason, actorOf(request)));
  }

  /**
   * Replays all waiting letters that a filter finds: 202 fixes which, and they follow one after the other, over a restart
   * too. A dry run is answered with 200 and changes nothing.
   */
  @Post('replay')
  @Security('token', ['operator'])
  @SuccessResponse(200, 'What would be replayed')
  @Response<BulkOut>(202, 'Accepted')
  @Response<Problem>(422, 'A field is invalid')
  @Response<Problem>(429, 'Too many bulks are under way')
  async replayMany(@Request() request: KoaRequest, @Body() body: BulkReplayIn): Promise<BulkOut> {
    const { rate_per_s: ratePerS = DEFAULT_RATE } = body;
    return this.bulk(request, body, { action: 'replay', reason: null, ratePerS });
  }

  /** Discards all waiting letters that a filter finds, likewise. */
  @Post('discard')
  @Security('token', ['operator'])
  @SuccessResponse(200, 'What would be discarded')
  @Response<BulkOut>(202, 'Accepted')
  @Response<Problem>(422, 'A field is invalid')
  @Response<Problem>(429, 'Too many bulks are under way')
  async discardMany(@Request() request: KoaRequest, @Body() body: BulkDiscardIn): Promise<BulkOut> {
    return this.bulk(request, body, { action: 'discard', reason: body.reason, ratePerS: DEFAULT_RATE });
  }

  /** Stops every bulk that is under way: what it has not acted on yet waits on. */
  @Post('stop')
  @Security('token', ['operator'])
  @SuccessResponse(200, 'Stopped')
  async stop(@Request() request: KoaRequest): Promise<StoppedOut> {
    return { stopped: await this.letters.stopBulks(actorOf(request)) };
  }

  private async bulk(
    request: KoaRequest,
    body: Pick<BulkReplayIn, 'filter' | 'dry_run' | 'limit'>,
    what: { action: 'replay' | 'discard'; reason: string | null; ratePerS: number },
  ): Promise<BulkOut> {
    const filter = filterOf(body.filter);
    if (body.dry_run) {
      const { matched, sample } = await this.letters.preview(filter);
      return { dry_run: true, matched, sample: sample.map(viewOf) };
    }
    const limit = body.limit ?? MOST_IN_BULK;
    const done = await this.letters.plan({ ...what, filter, limit }, actorOf(request));
    this.setStatus(202);
    return { dry_run: false, ...done };
  }
}

type FilterIn = { [K in keyof DeadLetterFilterIn]: DeadLetterFilterIn[K] | undefined };

function filterOf({ kind, source, reason, from, to }: FilterIn): BulkFilter {
  return {
    ...(kind === undefined ? {} : { kind }),
    ...(source === undefined ? {} : { source }),
    ...(reason === undefined ? {} : { reason }),
    ...(from ? { fromMs: from.getTime() } : {}),
    ...(to ? { toMs: to.getTime() } : {}),
  };
}

function idOf(cursor: string): Uuid {
  const [id] = decodeCursor(cursor);
  if (typeof id === 'string' && isUuid(id)) return id;
  throw invalidCursor();
}

function actorOf(request: KoaRequest): Actor {
  const { principal, trace } = contextOf(request);
  return { name: principal.name, trace };
}
