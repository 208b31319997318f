const MAX_NAMES = 500;
const MAX_PARAMETERS = 40;

/**
 * Names under which a server keeps statements prepared, per connection and for its whole life; so only the
 * first 500 texts get one, and none with many parameters (bulk inserts come in all lengths).
 */
export class StatementNames {
  readonly #names = new Map<string, string>();

  nameOf(sql: string, parameters: number): string | undefined {
    const known = this.#names.get(sql);
    if (known !== undefined || parameters > MAX_PARAMETERS || this.#names.size >= MAX_NAMES) return known;
    const name = `s${this.#names.size}`;
    this.#names.set(sql, name);
    return name;
  }
}
