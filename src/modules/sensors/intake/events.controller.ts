import type { IncomingMessage } from 'node:http';
import type { Request as KoaRequest } from 'koa';
import {
  Body,
  Controller,
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
import { AppError, invalidInput } from '../../../kernel/errors.js';
import type { Problem } from '../../../platform/http/problem.js';
import { contextOf } from '../../../platform/http/request-context.js';
import { bodyLines, NDJSON, typeOfBody } from '../registry/body-lines.controller.js';
import type { BodyBounds } from '../registry/body-lines.controller.js';
import { sightOf } from '../registry/calls.controller.js';
import type { SensorsApi } from '../registry/sensors-api.js';
import { accountingView } from './accounting-view.js';
import type { AccountingOut } from './accounting-view.js';
import type { Fate } from './event-intake.js';
import type { IntakeRepository } from './intake.repository.js';
import { parseStatusEvent, readStatusEvent } from './status-event.js';
import type { Fault } from './status-event.js';
import type { EventLine, SubmitEvents } from './submit-events.js';

export interface SensorEventIn {
  /**
   * A word.
   * @minLength 1
   * @maxLength 64
   */
  status: string;
  /** When it was so: RFC 3339, or epoch ms. Default: now. */
  at?: string | number;
  /** Any JSON, up to 16 KiB. */
  payload?: unknown;
}

export interface SensorEventOut {
  /** `late`: logged, but older than what is known of the sensor. `duplicate`: was logged before. */
  outcome: 'logged' | 'late' | 'duplicate';
}

export interface SensorEventsOut {
  came_in: number;
  logged: number;
  /** Of those logged: older than what was known of their sensor. */
  late: number;
  duplicate: number;
  refused: number;
  /** The first that were refused, at most 1,000. */
  errors: RefusedEventOut[];
}

export interface RefusedEventOut {
  line: number;
  reason: string;
  detail: string;
}

export interface EventsControllerDeps {
  sensors: SensorsApi;
  events: SubmitEvents;
  repository: Pick<IntakeRepository, 'counted'>;
  bounds: BodyBounds;
  now: () => number;
}

@Route('api/v1/sensors')
@Tags('sensors')
@Response<Problem>(401, 'No valid token')
@Response<Problem>(403, 'Not allowed to act')
export class SensorEventsController extends Controller {
  constructor(private readonly deps: EventsControllerDeps) {
    super();
  }

  /** What came in, and what became of it: logged, duplicate, refused or dead-lettered, which add up at any time. */
  @Get('accounting')
  @Security('token', ['viewer'])
  async accounting(): Promise<AccountingOut> {
    return accountingView(await this.deps.repository.counted());
  }

  /**
   * Takes what many sensors say, for sites without AMQP: `application/x-ndjson`, a line for each, as the queue `sensor_events`
   * has them. Each 500 lines are durable together; what is refused is named. The role `client` speaks for its own sensors.
   */
  @Post('events')
  @Security('token', ['operator', 'client'])
  @SuccessResponse(200, 'What became of them')
  @Response<Problem>(400, 'The body is cut off')
  @Response<Problem>(413, 'The body is too large')
  @Response<Problem>(415, 'The body is not NDJSON')
  async takeMany(@Request() request: KoaRequest): Promise<SensorEventsOut> {
    typeOfBody(request, NDJSON);
    const lines = eventLines(request.req, this.deps.bounds);
    const { cameIn, ...report } = await this.deps.events.submitLines(lines, sightOf(request));
    return { came_in: cameIn, ...report };
  }

  /** Takes what one sensor says. */
  @Post('{sensor_id}/events')
  @Security('token', ['operator', 'client'])
  @SuccessResponse(200, 'What became of it')
  @Response<Problem>(404, 'Sensor not found')
  @Response<Problem>(409, 'The sensor is switched off')
  @Response<Problem>(422, 'A field is invalid')
  async take(
    @Request() request: KoaRequest,
    @Path() sensor_id: string,
    @Body() body: SensorEventIn,
  ): Promise<SensorEventOut> {
    const { id } = await this.deps.sensors.require(sensor_id, sightOf(request));
    const payload = contextOf(request).body?.token('payload') ?? null;
    const event = readStatusEvent({ at: this.deps.now(), ...body, sensor_id: id, payload });
    const [fate] = await this.deps.events.submit([event], sightOf(request));
    return { outcome: outcomeOf(fate!) };
  }
}

async function* eventLines(request: IncomingMessage, bounds: BodyBounds): AsyncIterable<EventLine> {
  for await (const { line, bytes, isTooLong } of bodyLines(request, bounds)) {
    const tooLong: Fault = { reason: 'too-large', detail: 'is too long' };
    yield { line, event: isTooLong ? tooLong : parseStatusEvent(bytes) };
  }
}

/** Where it was refused, throws what its sender did wrong; the reason's text begins with the field. */
function outcomeOf(fate: Fate): SensorEventOut['outcome'] {
  if (fate.kind !== 'refused') return fate.kind;
  const { reason, detail } = fate;
  if (reason === 'unknown-sensor') {
    throw new AppError('Sensor not found', { code: 'sensors.not-found', kind: 'not-found' });
  }
  if (reason === 'sensor-disabled') {
    throw new AppError('The sensor is switched off', { code: 'sensors.disabled', kind: 'conflict' });
  }
  const [pointer = '', ...words] = detail.split(' ');
  throw invalidInput([{ pointer, detail: words.join(' ') }]);
}
