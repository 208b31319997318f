import { createRequire } from 'node:module';
import { Ajv, type ValidateFunction } from 'ajv';
import formats from 'ajv-formats';

interface Reference {
  $ref: string;
}
interface Message {
  name: string;
  payload: object;
  headers?: object;
}
export interface AsyncApiText {
  channels: Record<string, { address: string; messages: Record<string, Reference> }>;
  operations: Record<string, { action: string; channel: Reference; messages: Reference[] }>;
  components: { messages: Record<string, Message>; schemas: Record<string, object> };
}

/** An AsyncAPI document: whether it is one, and whether a message is what a channel's operation says. */
export class AsyncApi {
  readonly #ajv = new Ajv({ strict: false, allErrors: true });
  readonly #validators = new Map<string, ValidateFunction>();

  constructor(readonly document: AsyncApiText) {
    formats.default(this.#ajv);
    const schemas = { $id: 'asyncapi', components: { schemas: document.components.schemas } };
    this.#ajv.addSchema(schemas);
  }

  /** What is wrong by the schema of AsyncAPI 3.0 itself. */
  faults(): unknown[] {
    const { schemas } = createRequire(import.meta.url)('@asyncapi/specs') as {
      schemas: Record<string, object>;
    };
    const ajv = new Ajv({ strict: false, validateFormats: false, meta: false, validateSchema: false });
    const validate = ajv.compile(schemas['3.0.0']!);
    return validate(this.document) ? [] : [...(validate.errors ?? [])];
  }

  /** The names of the messages of an operation that a payload fits. */
  fitting(operation: string, payload: unknown): string[] {
    return this.#messages(operation)
      .filter(({ name, payload: schema }) => this.#fits(`${name}/payload`, schema, payload))
      .map(({ name }) => name);
  }

  headersFit(message: string, headers: unknown): boolean {
    return this.#fits(
      `${message}/headers`,
      this.document.components.messages[message]!.headers ?? {},
      headers,
    );
  }

  #messages(operation: string): Message[] {
    const known = this.document.operations[operation];
    if (!known) throw new Error(`there is no operation ${operation}`);
    return known.messages.map(({ $ref }) => this.document.components.messages[$ref.split('/').at(-1)!]!);
  }

  #fits(id: string, schema: object, value: unknown): boolean {
    let validate = this.#validators.get(id);
    if (!validate) {
      const text = JSON.stringify(schema).replaceAll('"#/components/', '"asyncapi#/components/');
      this.#validators.set(id, (validate = this.#ajv.compile(JSON.parse(text) as object)));
    }
    return validate(value);
  }
}
