/**
 * Numbers for SQL texts, so that a text crosses to a thread once and its prepared statement is found by
 * number. Keeps the `limit` texts used last.
 */
export class SqlNames {
  readonly #ids = new Map<string, number>();
  #next = 1;
  #learn: [number, string][] = [];
  #forget: number[] = [];

  constructor(private readonly limit = 500) {}

  idOf(sql: string): number {
    const known = this.#ids.get(sql);
    if (known !== undefined) {
      this.#ids.delete(sql);
      this.#ids.set(sql, known);
      return known;
    }
    const id = this.#next++;
    this.#ids.set(sql, id);
    this.#learn.push([id, sql]);
    if (this.#ids.size > this.limit) this.#evict();
    return id;
  }

  /** What the other side must hear with the next request. */
  take(): { learn: [number, string][]; forget: number[] } {
    const news = { learn: this.#learn, forget: this.#forget };
    this.#learn = [];
    this.#forget = [];
    return news;
  }

  #evict(): void {
    const [sql, id] = this.#ids.entries().next().value!;
    this.#ids.delete(sql);
    this.#forget.push(id);
  }
}
