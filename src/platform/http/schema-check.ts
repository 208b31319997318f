import type { FieldError } from '../../kernel/errors.js';
import { expected, got, howMany, pointerOf } from './field-message.js';
import type { Models, Schema } from './route-table.js';
import { limit, member, REFUSED, scalars } from './schema-scalars.js';

/** Faults beyond these are not looked for: the answer stays small whatever came. */
const MAX_ERRORS = 100;

type Properties = Readonly<Record<string, Schema>>;
type JsonObject = Record<string, unknown>;

/**
 * Checks a value against what tsoa knows of its type, and fills in defaults (in place). tsoa's own
 * check loses the path inside arrays, quotes values that must not be shown, and copies for unions.
 */
export class SchemaCheck {
  readonly errors: FieldError[] = [];
  readonly #path: (string | number)[];

  /** `fromText`: values are text of a URL or header, so numbers and flags are read from it. */
  constructor(
    readonly models: Models,
    readonly fromText: boolean,
    at: readonly (string | number)[] = [],
  ) {
    this.#path = [...at];
  }

  /** The value with its defaults; what it is worth nothing when `errors` has grown. */
  check(value: unknown, schema: Schema): unknown {
    if (value === undefined) return this.#absent(schema);
    const scalar = schema.dataType === undefined ? undefined : scalars[schema.dataType];
    if (scalar) return this.#accept(scalar(value, schema, this.fromText), value, schema);
    switch (schema.dataType) {
      case 'array':
        return this.#array(value, schema);
      case 'union':
        return this.#union(value, schema);
      case 'intersection':
        return this.#object(value, schema, this.#merged(schema), false);
      case 'nestedObjectLiteral':
        return this.#object(value, schema, schema.nestedProperties ?? {}, schema.additionalProperties);
      default:
        return this.#reference(value, schema);
    }
  }

  #absent(schema: Schema): unknown {
    const mayLack =
      schema.dataType === 'union' && schema.subSchemas?.some((sub) => sub.dataType === 'undefined');
    if (schema.default !== undefined) return structuredClone(schema.default);
    if (schema.required && !mayLack) this.#fault('is required, got nothing');
    return undefined;
  }

  #accept(read: unknown, value: unknown, schema: Schema): unknown {
    if (read === REFUSED) this.#fault(`must be ${expected(schema, this.models)}, ${got(value, this.#path)}`);
    return read;
  }

  #reference(value: unknown, schema: Schema): unknown {
    const model = schema.ref === undefined ? undefined : this.models[schema.ref];
    if (!model) throw new Error(`the route table has no model "${schema.ref ?? schema.dataType}"`);
    if (model.dataType === 'refEnum') return this.#accept(member(value, model, this.fromText), value, schema);
    if (model.dataType === 'refAlias') return this.check(value, aliased(schema, model.type));
    return this.#object(value, schema, model.properties, model.additionalProperties);
  }

  #array(value: unknown, schema: Schema): unknown {
    const items = this.fromText && !Array.isArray(value) ? [value] : value;
    if (!Array.isArray(items)) return this.#accept(REFUSED, value, schema);
    if (!this.#holdsAsMany(items, schema)) return undefined;
    const item: Schema = { required: true, ...schema.array };
    for (let i = 0; i < items.length && this.errors.length < MAX_ERRORS; i++) {
      const faults = this.errors.length;
      const read = this.#at(i, items[i], item);
      if (this.errors.length === faults) items[i] = read;
    }
    return items;
  }

  #holdsAsMany(items: readonly unknown[], schema: Schema): boolean {
    const [min, max] = [limit(schema, 'minItems'), limit(schema, 'maxItems')];
    const fits = items.length >= (min ?? 0) && items.length <= (max ?? Infinity);
    const isUnique = !schema.validators?.uniqueItems || new Set(items).size === items.length;
    if (!fits) this.#fault(`must hold ${howMany(min, max)}, ${got(items, this.#path)}`);
    else if (!isUnique) this.#fault('must hold each item once');
    return fits && isUnique;
  }

  #object(value: unknown, schema: Schema, properties: Properties, others: unknown): unknown {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      return this.#accept(REFUSED, value, schema);
    }
    const object = value as JsonObject;
    for (const [name, property] of Object.entries(properties)) {
      const came = Object.hasOwn(object, name) ? object[name] : undefined;
      const faults = this.errors.length;
      const read = this.#at(name, came, property);
      // What one member of a union refuses the next has still to see as it came.
      if (read !== came && this.errors.length === faults) object[name] = read;
    }
    for (const name of Object.keys(object)) {
      if (this.errors.length >= MAX_ERRORS) break;
      if (!Object.hasOwn(properties, name)) this.#other(name, object, others);
    }
    return object;
  }

  #other(name: string, object: JsonObject, others: unknown): void {
    if (others === true) return;
    if (typeof others === 'object' && others !== null) this.#at(name, object[name], others);
    else this.#fault('is not a known field', name);
  }

  #union(value: unknown, schema: Schema): unknown {
    const here = pointerOf(this.#path);
    const near: FieldError[][] = [];
    for (const sub of schema.subSchemas ?? []) {
      const attempt = new SchemaCheck(this.models, this.fromText, this.#path);
      const read = attempt.check(value, { ...sub, validators: { ...schema.validators, ...sub.validators } });
      if (attempt.errors.length === 0) return read;
      if (attempt.errors.every((error) => error.pointer !== here)) near.push(attempt.errors);
    }
    if (near.length !== 1) return this.#accept(REFUSED, value, schema);
    this.errors.push(...near[0]!.slice(0, MAX_ERRORS - this.errors.length));
    return undefined;
  }

  /** The properties of an intersection's parts together. */
  #merged(schema: Schema): Properties {
    if (schema.nestedProperties) return schema.nestedProperties;
    if (schema.subSchemas)
      return Object.assign({}, ...schema.subSchemas.map((sub) => this.#merged(sub))) as Properties;
    const model = schema.ref === undefined ? undefined : this.models[schema.ref];
    if (model?.dataType === 'refObject') return model.properties;
    return model?.dataType === 'refAlias' ? this.#merged(model.type) : {};
  }

  #at(segment: string | number, value: unknown, schema: Schema): unknown {
    this.#path.push(segment);
    const read = this.check(value, schema);
    this.#path.pop();
    return read;
  }

  #fault(detail: string, ...below: string[]): undefined {
    const pointer = pointerOf([...this.#path, ...below]);
    if (this.errors.length < MAX_ERRORS) this.errors.push({ pointer, detail });
    return undefined;
  }
}

const uses = new WeakMap<Schema, Schema>();

/** An alias as used in one place: with the constraints of both. An array's items are one place. */
function aliased(use: Schema, type: Schema): Schema {
  const known = uses.get(use);
  if (known) return known;
  const merged = { ...type, required: true, validators: { ...use.validators, ...type.validators } };
  uses.set(use, merged);
  return merged;
}

/** The names of an object type's properties; empty for anything else. */
export function propertyNames(schema: Schema, models: Models): string[] {
  if (schema.nestedProperties) return Object.keys(schema.nestedProperties);
  const model = schema.ref === undefined ? undefined : models[schema.ref];
  if (model?.dataType === 'refObject') return Object.keys(model.properties);
  return model?.dataType === 'refAlias' ? propertyNames(model.type, models) : [];
}
