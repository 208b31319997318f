import type { Request as KoaRequest } from 'koa';
import {
  Body,
  Controller,
  Extension,
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
import type { AppError } from '../../kernel/errors.js';
import { isUuid } from '../../kernel/ids.js';
import type { OwnAnswer, OwnForms } from '../../platform/http/own-form.js';
import type { Problem } from '../../platform/http/problem.js';
import { contextOf } from '../../platform/http/request-context.js';
import type { ConfigureEquipment } from './configure-equipment.js';
import { CONFIGURE_TASK, decodePayload } from './configure-payload.js';
import { parametersOf } from './configure-parameters.js';
import type { Task, TasksApi } from './configure-task.js';
import { answerOf, EQUIPMENT_NOT_FOUND, TASK_NOT_FOUND } from './task-answer.js';
import type { TaskAnswer } from './task-answer.js';

/**
 * A device: letters and digits, at least 6.
 * @pattern ^[a-zA-Z0-9]{6,}$
 * @maxLength 255
 */
export type EquipmentId = string;

/**
 * @isInt
 * @minimum 1
 * @maximum 4094
 */
export type Vlan = number;

/**
 * @isInt
 * @minimum 1
 */
export type InterfaceNumber = number;

export interface ConfigureParametersIn {
  /**
   * @minLength 1
   * @maxLength 256
   */
  username: string;
  /**
   * Kept sealed until the task has ended, and shown nowhere.
   * @minLength 1
   * @maxLength 256
   */
  password: string;
  vlan?: Vlan | null;
  /** @maxItems 1000 */
  interfaces: InterfaceNumber[];
}

export interface ConfigureIn {
  /**
   * The longest wait for the provisioning service's answer.
   * @isInt
   * @minimum 1
   * @maximum 900
   */
  timeoutInSeconds: number;
  /**
   * An object, or an array of one.
   * @minItems 1
   * @maxItems 1
   */
  parameters: ConfigureParametersIn | ConfigureParametersIn[];
  /** Whether it takes the place of what waits for the same device: those tasks end as superseded. */
  supersede?: boolean;
  /**
   * Seconds after which it never reaches the device, where it has not by then.
   * @isInt
   * @minimum 1
   * @maximum 2592000
   */
  expiresInSeconds?: number;
}

export interface ConfigureAcceptedOut {
  code: number;
  /** A lower-case UUID. */
  taskId: string;
}

/** How far a configuration is: 200 done, 204 not yet, 404 or 500 failed. */
export interface CpeStateOut {
  code: number;
  message: string;
}

/** A problem with the predecessor's members: here `code` is the status. */
export interface CpeProblem {
  type: string;
  title: string;
  status: number;
  detail: string;
  instance: string;
  request_id: string;
  errors?: { pointer: string; detail: string }[];
  code: number;
  message: string;
}

export interface EquipmentControllerDeps {
  now: () => number;
  tasks: TasksApi;
  configureEquipment: ConfigureEquipment;
}

@Route('api/v1/equipment/cpe')
@Tags('equipment')
@Response<Problem>(401, 'No valid token')
export class EquipmentController extends Controller {
  static readonly ownForms: OwnForms = { configure: inPredecessorsForm, state: unknownDevice };

  constructor(private readonly deps: EquipmentControllerDeps) {
    super();
  }

  /**
   * Has a device configured; accepted is durable. Tasks of one device are done one at a time, in order of arrival. An
   * `Idempotency-Key` makes repeated calls one task.
   */
  @Post('{id}')
  @Security('token', ['operator'])
  @SuccessResponse(200, 'Accepted')
  @Response<CpeStateOut>(404, 'The id is malformed')
  @Response<Problem>(413, 'The body is too large')
  @Response<CpeProblem>(422, 'A field is invalid', undefined, ['application/problem+json'])
  @Response<Problem>(503, 'Too much work is waiting')
  @Extension('x-idempotency-key', true)
  async configure(
    @Request() request: KoaRequest,
    @Path() id: EquipmentId,
    @Body() body: ConfigureIn,
  ): Promise<ConfigureAcceptedOut> {
    const { principal, trace, idempotencyKey: key, body: raw } = contextOf(request);
    const { timeoutInSeconds, parameters, supersede = false, expiresInSeconds } = body;
    const expiresAt = expiresInSeconds && this.deps.now() + expiresInSeconds * 1_000;
    const scope = `${principal.name} POST /api/v1/equipment/cpe/${id}`;
    const { id: taskId } = await this.deps.configureEquipment.submit(
      {
        ...{ equipmentId: id, timeoutInSeconds, parameters: parametersOf(parameters), supersede },
        ...{ source: 'rest', createdBy: principal.name, trace },
        ...(expiresAt && { expiresAt }),
      },
      key !== undefined && raw ? { scope, key, body: raw.bytes } : undefined,
    );
    return { code: 200, taskId };
  }

  /** How far a configuration is. Why one failed stands in the task: `GET /api/v1/tasks/{task_id}`. */
  @Get('{id}/task/{taskId}')
  @Security('token', ['viewer'])
  @SuccessResponse(200, 'Done, or not yet (204)')
  @Response<CpeStateOut>(404, 'The device or the task is not known')
  @Response<CpeStateOut>(500, 'Failed, cancelled, expired or superseded')
  async state(@Path() id: EquipmentId, @Path() taskId: string): Promise<CpeStateOut> {
    const task = isUuid(taskId) ? await this.deps.tasks.get(taskId) : undefined;
    const { status, body } = stateFor(id, task);
    this.setStatus(status);
    return body;
  }
}

function stateFor(id: string, task: Task | undefined): TaskAnswer {
  if (task?.type !== CONFIGURE_TASK) return TASK_NOT_FOUND;
  return decodePayload(task.payload).equipmentId === id ? answerOf(task) : EQUIPMENT_NOT_FOUND;
}

/** A malformed id is a device that nobody knows. */
function unknownDevice({ kind }: AppError): OwnAnswer | undefined {
  return kind === 'not-found' ? EQUIPMENT_NOT_FOUND : undefined;
}

/** What is wrong with a body is said in both forms. */
function inPredecessorsForm(error: AppError): OwnAnswer | undefined {
  const { kind, message } = error;
  return kind === 'invalid' ? { members: { code: 422, message } } : unknownDevice(error);
}
