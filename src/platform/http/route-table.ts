import type { TsoaRoute } from '@tsoa/runtime';

/** What tsoa says of a type: the part of its metadata that requests are checked against. */
export type Schema = TsoaRoute.PropertySchema;
export type Models = Readonly<Record<string, TsoaRoute.ModelSchema>>;
export type Parameter = TsoaRoute.ParameterSchema;

/** A controller's class, as a key. Its constructor's arguments are its module's business. */
export type ControllerClass = abstract new (...args: never[]) => object;

/** One operation, as the generated table lists it. */
export interface Route {
  method: string;
  /** With `:name` for its parameters. */
  path: string;
  controller: ControllerClass;
  action: string;
  successStatus?: number | undefined;
  security: readonly Readonly<Record<string, readonly string[]>>[];
  parameters: readonly Parameter[];
}

/** The generated module. */
export interface RouteTable {
  models: Models;
  routes: readonly Route[];
}
