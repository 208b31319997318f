import type { IncomingMessage } from 'node:http';
import type { Request as KoaRequest } from 'koa';
import {
  Controller,
  Post,
  Query,
  Request,
  Response,
  Route,
  Security,
  SuccessResponse,
  Tags,
} from '@tsoa/runtime';
import type { Problem } from '../../../platform/http/problem.js';
import { bodyLines, CSV, csvRows, NDJSON, typeOfBody } from './body-lines.controller.js';
import type { BodyBounds } from './body-lines.controller.js';
import { actorOf } from './calls.controller.js';
import { importSensors } from './import-sensors.js';
import type { ImportDeps, ImportRow } from './import-sensors.js';

export interface ImportFaultOut {
  /** From 1, as an editor counts. */
  line: number;
  /** The field; empty for the whole line. */
  pointer: string;
  detail: string;
}

export interface ImportOut {
  /** Lines with a sensor on them. */
  lines: number;
  created: number;
  updated: number;
  /** There already, and left as they are. */
  unchanged: number;
  failed: number;
  /** The first faults, at most 1,000. */
  errors: ImportFaultOut[];
}

@Route('api/v1/sensors')
@Tags('sensors')
@Response<Problem>(401, 'No valid token')
@Response<Problem>(403, 'Not allowed to act')
export class SensorImportController extends Controller {
  constructor(
    private readonly deps: ImportDeps,
    private readonly bounds: BodyBounds,
  ) {
    super();
  }

  /**
   * Makes the sensors of a file: `text/csv` whose first line names the columns (`client_id`, `external_id`, `name`, `kind`,
   * `enabled`), or `application/x-ndjson` with the same fields. It is read as it comes; each 500 lines are durable together,
   * and a bad line is named and holds no other up.
   * @param client_id for lines that name none
   * @maxLength client_id 64
   * @param existing what becomes of a line whose sensor is there already: it is named as a fault, left alone, or brought up to date
   */
  @Post('import')
  @Security('token', ['operator'])
  @SuccessResponse(200, 'What became of the lines')
  @Response<Problem>(400, 'The body is cut off, or no CSV')
  @Response<Problem>(413, 'The body is too large')
  @Response<Problem>(415, 'The body is neither CSV nor NDJSON')
  @Response<Problem>(422, 'A parameter is invalid or unknown')
  async importSensors(
    @Request() request: KoaRequest,
    @Query() client_id?: string,
    @Query() existing: 'refuse' | 'skip' | 'update' = 'refuse',
  ): Promise<ImportOut> {
    const type = typeOfBody(request, [...CSV, ...NDJSON]);
    const rows = type === 'text/csv' ? csvRows(request.req, this.bounds) : jsonRows(request.req, this.bounds);
    const options = { clientId: client_id, existing, createdBy: actorOf(request) };
    return importSensors(this.deps, rows, options);
  }
}

async function* jsonRows(request: IncomingMessage, bounds: BodyBounds): AsyncIterable<ImportRow> {
  for await (const { line, bytes, isTooLong } of bodyLines(request, bounds)) {
    const fields = isTooLong ? undefined : parsed(bytes);
    if (fields) yield { line, fields };
    else yield { line, fault: isTooLong ? 'is too long' : 'must be a JSON object' };
  }
}

function parsed(bytes: Buffer): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(bytes.toString('utf8'));
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
    return value as Record<string, unknown>;
  } catch {
    return undefined;
  }
}
