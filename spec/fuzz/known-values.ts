const KEPT_PER_NAME = 40;
const LARGEST_LEARNED = 20_000;

/** Ids and names that answers have shown, so that inputs can speak of what is there. */
export class KnownValues {
  readonly #byName = new Map<string, string[]>();
  #turn = 0;

  /** `secret`: values that no input may name, such as the ids of the tokens that inputs are sent with. */
  constructor(private readonly secret: ReadonlySet<string> = new Set()) {}

  /** One by its name; which one changes with `pick`. */
  get(name: string, pick: number): string | undefined {
    const values = this.#byName.get(name);
    return values?.[pick % values.length];
  }

  /** From the answer to a call of `path`: its members, the `id`s in a list under `/tokens` as `token_id`. */
  learn(path: string, body: Buffer, location: string | undefined): void {
    if (location !== undefined) this.#learnLocation(location);
    if (body.length > LARGEST_LEARNED) return;
    try {
      this.#walk(JSON.parse(body.toString('utf8')), idNameOf(path), 0);
    } catch {
      // CSV, or cut off: nothing to learn from.
    }
  }

  #learnLocation(location: string): void {
    const [collection = '', id] = location.split('/').slice(-2);
    if (id !== undefined) this.#add(`${singular(collection)}_id`, id);
  }

  #walk(value: unknown, idName: string, depth: number): void {
    if (typeof value !== 'object' || value === null || depth > 4) return;
    for (const [key, inner] of Object.entries(value)) {
      if (typeof inner === 'string' || typeof inner === 'number')
        this.#add(key === 'id' ? idName : key, String(inner));
      else this.#walk(inner, idName, depth + 1);
    }
  }

  #add(name: string, value: string): void {
    if (value.length > 200 || this.secret.has(value)) return;
    const values = this.#byName.get(name) ?? [];
    this.#byName.set(name, values);
    if (values.includes(value)) return;
    if (values.length < KEPT_PER_NAME) values.push(value);
    else values[this.#turn++ % KEPT_PER_NAME] = value;
  }
}

/** `/api/v1/tokens/{token_id}` → `token_id` */
function idNameOf(path: string): string {
  const collection = path.split('/').findLast((segment) => segment !== '' && !segment.startsWith('{')) ?? '';
  return `${singular(collection)}_id`;
}

function singular(collection: string): string {
  return collection.replace(/-/g, '_').replace(/s$/, '');
}
