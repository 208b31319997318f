import { Ajv, type ValidateFunction } from 'ajv';
import formats from 'ajv-formats';
import type { Answer } from './rest-client.js';

interface Description {
  paths: Record<string, Record<string, { responses: Record<string, Response> }>>;
  components: object;
}

interface Response {
  content?: Record<string, { schema: object }>;
}

/** Fails for an answer in JSON that is not what the service's own /openapi.json says of its call and status. */
export async function answersOf(
  url: string,
  headers: Readonly<Record<string, string>> = {},
): Promise<(answer: Answer) => void> {
  const { paths, components } = asJsonSchema(
    await (await fetch(`${url}/openapi.json`, { headers })).json(),
  ) as Description;
  const ajv = new Ajv({ strict: false, allErrors: true });
  formats.default(ajv);
  const compiled = new Map<object, ValidateFunction>();
  return ({ method, path, status, headers, body, text }) => {
    const type = headers.get('content-type') ?? '';
    const responses = paths[pathOf(paths, path) ?? '']?.[method.toLowerCase()]?.responses;
    const schema = responses?.[String(status)]?.content?.['application/json']?.schema;
    if (!schema || !/^application\/(problem\+)?json/.test(type)) return;
    const validate = compiled.get(schema) ?? ajv.compile({ ...schema, components });
    compiled.set(schema, validate);
    if (validate(body)) return;
    throw new Error(
      `${method} ${path} ${status}: ${ajv.errorsText(validate.errors)} in ${text.slice(0, 500)}`,
    );
  };
}

function pathOf(paths: Description['paths'], path: string): string | undefined {
  if (path in paths) return path;
  return Object.keys(paths).find((one) => new RegExp(`^${one.replace(/\{\w+\}/g, '[^/]+')}$`).test(path));
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
