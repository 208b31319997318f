import type { Context } from 'koa';
import { AppError } from '../../kernel/errors.js';
import type { ControllerClass } from './route-table.js';

/**
 * How an error is answered where a contract has a form of its own: with another status and body, or with members beside those of the
 * problem. Undefined: as everywhere.
 */
export type OwnForm = (error: AppError) => OwnAnswer | undefined;

export type OwnAnswer = { status: number; body: object } | { members: Readonly<Record<string, unknown>> };

/** Beside the methods of a controller: `static readonly ownForms: OwnForms = { configure: … }`. */
export type OwnForms = Readonly<Record<string, OwnForm>>;

export function ownFormOf(controller: ControllerClass, action: string): OwnForm | undefined {
  return (controller as { ownForms?: OwnForms }).ownForms?.[action];
}

/** Answers by the form, or throws the error on; members go along with it. */
export function answerInOwnForm(ctx: Context, form: OwnForm | undefined, error: unknown): void {
  const answer = error instanceof AppError ? form?.(error) : undefined;
  if (!answer) throw error;
  if ('members' in answer) {
    ctx.state['problemMembers'] = answer.members;
    throw error;
  }
  ctx.body = JSON.stringify(answer.body);
  ctx.type = 'application/json';
  ctx.status = answer.status;
}
