import type { JsonSchema } from '../../kernel/message-catalog.js';

/** What is read of `openapi.json`. */
export interface OpenApiDocument {
  info: { version: string };
  components: { schemas: Readonly<Record<string, JsonSchema>> };
}

const REFERENCE = /"#\/components\/schemas\/([^"]+)"/g;
const PLAIN_TYPES = new Set(['string', 'number', 'integer', 'boolean', 'object', 'array']);

/** The schemas of REST that `json` refers to, and those that they refer to, in JSON Schema. */
export function schemasReferredTo(json: string, openApi: OpenApiDocument): Record<string, JsonSchema> {
  const found: Record<string, JsonSchema> = {};
  const look = (text: string): void => {
    for (const [, name = ''] of text.matchAll(REFERENCE)) {
      const schema = openApi.components.schemas[name];
      if (!schema || Object.hasOwn(found, name)) continue;
      found[name] = toJsonSchema(schema) as JsonSchema;
      look(JSON.stringify(schema));
    }
  };
  look(json);
  return found;
}

/** OpenAPI 3.0 says `nullable` where JSON Schema has a type of its own, and has formats of numbers. */
export function toJsonSchema(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(toJsonSchema);
  if (typeof schema !== 'object' || schema === null) return schema;
  const { nullable, ...members } = schema as Record<string, unknown>;
  if (members['type'] === 'number' || members['type'] === 'integer') delete members['format'];
  const plain = Object.fromEntries(Object.entries(members).map(([key, value]) => [key, toJsonSchema(value)]));
  if (nullable !== true) return plain;
  const isSimple = typeof plain['type'] === 'string' && PLAIN_TYPES.has(plain['type']) && !plain['enum'];
  return isSimple ? { ...plain, type: [plain['type'], 'null'] } : { anyOf: [plain, { type: 'null' }] };
}
