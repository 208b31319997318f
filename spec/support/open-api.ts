import { readFile } from 'node:fs/promises';
import { Ajv, type ValidateFunction } from 'ajv';
import formats from 'ajv-formats';

/** A JSON Schema; `nullable` of OpenAPI 3.0 has become a type. */
export interface Schema {
  readonly [key: string]: unknown;
}

export interface DocumentedParameter {
  readonly name: string;
  readonly in: 'path' | 'query' | 'header';
  readonly required?: boolean;
  readonly schema: Schema;
}

export interface DocumentedResponse {
  readonly headers?: Readonly<Record<string, { required?: boolean; schema: Schema }>>;
  readonly content?: Readonly<Record<string, { schema: Schema }>>;
}

/** One call, its references resolved but for those inside schemas. */
export interface Operation {
  /** `GET /api/v1/tasks/{task_id}` */
  readonly name: string;
  /** In capitals. */
  readonly method: string;
  readonly path: string;
  readonly parameters: readonly DocumentedParameter[];
  readonly body?: Schema;
  readonly responses: Readonly<Record<string, DocumentedResponse>>;
  /** The least roles that may call it. */
  readonly roles: readonly string[];
}

/** An answer as far as a document speaks of it. */
export interface DocumentedAnswer {
  readonly method: string;
  readonly status: number;
  readonly header: (name: string) => string | null | undefined;
  readonly text: string;
}

interface Reference {
  $ref?: string;
}
interface RawOperation {
  parameters?: (DocumentedParameter & Reference)[];
  requestBody?: { content: Record<string, { schema: Schema }> };
  responses: Record<string, DocumentedResponse & Reference>;
  'x-roles'?: string[];
}
interface RawDocument {
  paths: Record<string, Record<string, RawOperation>>;
  components: Record<string, Record<string, unknown>>;
}

/** An OpenAPI document: what calls there are, and whether an answer is what it says. */
export class OpenApi {
  readonly operations: readonly Operation[];
  readonly #components: RawDocument['components'];
  readonly #ajv = new Ajv({ strict: false, allErrors: true });
  readonly #compiled = new Map<object, ValidateFunction>();
  readonly #byPath: readonly (readonly [pattern: RegExp, operation: Operation])[];

  constructor(document: unknown) {
    const { paths, components } = asJsonSchema(document) as RawDocument;
    formats.default(this.#ajv);
    this.#components = components;
    this.operations = Object.entries(paths).flatMap(([path, item]) =>
      Object.entries(item).map(([method, operation]) => this.#operation(method, path, operation)),
    );
    // A fixed path wins over one with a parameter in its place.
    this.#byPath = [...this.operations]
      .sort((a, b) => a.path.split('{').length - b.path.split('{').length)
      .map((operation) => [patternOf(operation.path), operation] as const);
  }

  /** Of a path as it is sent, without its query. */
  find(method: string, path: string): Operation | undefined {
    const asked = method === 'HEAD' ? 'GET' : method;
    return this.#byPath.find(([pattern, operation]) => operation.method === asked && pattern.test(path))?.[1];
  }

  /** What an answer has that the document does not say of its call; undefined where all is as it says. */
  faultOf(operation: Operation, answer: DocumentedAnswer): string | undefined {
    const response = operation.responses[answer.status];
    if (!response) return `status ${answer.status} is not declared`;
    const missing = Object.entries(response.headers ?? {})
      .filter(([name, { required }]) => required && !answer.header(name))
      .map(([name]) => name);
    if (missing.length > 0) return `without the headers ${missing.join(', ')}`;
    return answer.method === 'HEAD' ? undefined : this.#contentFault(response, answer);
  }

  /** A schema of the components' or of a part, for checking alone. */
  faultBy(schema: Schema, value: unknown): string | undefined {
    const validate =
      this.#compiled.get(schema) ?? this.#ajv.compile({ ...schema, components: this.#components });
    this.#compiled.set(schema, validate);
    return validate(value) ? undefined : this.#ajv.errorsText(validate.errors).slice(0, 500);
  }

  /** Follows a reference of a schema. */
  resolve<T extends object>(value: T & Reference): T {
    if (value.$ref === undefined) return value;
    const [kind = '', name = ''] = value.$ref.replace('#/components/', '').split('/');
    const target = this.#components[kind]?.[name];
    if (target === undefined) throw new Error(`the document has no ${value.$ref}`);
    return this.resolve(target as T & Reference);
  }

  #contentFault({ content }: DocumentedResponse, { header, text }: DocumentedAnswer): string | undefined {
    const type = (header('content-type') ?? '').split(';')[0]!;
    if (!content || Object.keys(content).length === 0) {
      return text === '' ? undefined : `a body of ${type}, where none is declared`;
    }
    const declared = content[type];
    if (!declared) return `content type "${type}" is not declared`;
    if (!type.endsWith('json') || type.endsWith('ndjson')) return undefined;
    try {
      return this.faultBy(declared.schema, JSON.parse(text));
    } catch (error) {
      return `no JSON: ${(error as Error).message}`;
    }
  }

  #operation(method: string, path: string, raw: RawOperation): Operation {
    const responses = Object.entries(raw.responses).map(
      ([status, response]) => [status, this.resolve(response)] as const,
    );
    const body = Object.values(raw.requestBody?.content ?? {})[0]?.schema;
    return {
      name: `${method.toUpperCase()} ${path}`,
      method: method.toUpperCase(),
      path,
      parameters: (raw.parameters ?? []).map((parameter) => this.resolve(parameter)),
      ...(body && { body }),
      responses: Object.fromEntries(responses),
      roles: raw['x-roles'] ?? [],
    };
  }
}

/** What the committed document says. */
export async function committedOpenApi(): Promise<OpenApi> {
  return new OpenApi(JSON.parse(await readFile('src/generated/openapi.json', 'utf8')));
}

/** Fails for an answer that is not what the service's own /openapi.json says of its call. */
export async function answersOf(
  url: string,
  headers: Readonly<Record<string, string>> = {},
): Promise<(answer: SpecAnswer) => void> {
  const document = new OpenApi(await (await fetch(`${url}/openapi.json`, { headers })).json());
  return ({ method, path, status, headers: answered, text }) => {
    const operation = document.find(method, path);
    const answer = { method, status, text, header: (name: string) => answered.get(name) };
    const fault = operation && document.faultOf(operation, answer);
    if (fault) throw new Error(`${method} ${path} ${status}: ${fault} in ${text.slice(0, 500)}`);
  };
}

interface SpecAnswer {
  method: string;
  path: string;
  status: number;
  headers: Headers;
  text: string;
}

/** As the router matches: in any case, with or without a slash at the end. */
function patternOf(path: string): RegExp {
  return new RegExp(`^${path.replace(/[.+]/g, '\\$&').replace(/\{\w+\}/g, '[^/]+')}/?$`, 'i');
}

/** OpenAPI 3.0 says `nullable` where JSON Schema has a type for null. */
function asJsonSchema(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(asJsonSchema);
  if (typeof value !== 'object' || value === null) return value;
  const { nullable, ...rest } = Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [key, asJsonSchema(inner)]),
  );
  return nullable === true ? { anyOf: [rest, { type: 'null' }] } : rest;
}
