import { AppError } from '../../../kernel/errors.js';
import type { FieldError } from '../../../kernel/errors.js';

const MOST_NAMED = 100;

/** Everything that is wrong with an input; the first 100 faults are named, all are counted. */
export class Faults {
  readonly #named: FieldError[] = [];
  readonly #pointers = new Set<string>();
  #count = 0;

  add(pointer: string, detail: string): void {
    this.#count++;
    if (this.#named.length < MOST_NAMED) this.#named.push({ pointer, detail });
  }

  /** For what many rows have in common: named and counted once. */
  addOnce(pointer: string, detail: string): void {
    if (this.#pointers.has(pointer)) return;
    this.#pointers.add(pointer);
    this.add(pointer, detail);
  }

  addAll(errors: readonly FieldError[]): void {
    for (const { pointer, detail } of errors) this.add(pointer, detail);
  }

  get count(): number {
    return this.#count;
  }

  /** Throws a 422 where there is any. */
  throwAny(): void {
    if (this.#count === 0) return;
    const more = this.#count > MOST_NAMED ? `; the first ${MOST_NAMED} are named` : '';
    const what = this.#count === 1 ? '1 fault' : `${this.#count} faults`;
    throw new AppError(`The batch has ${what}${more}. Nothing was started`, {
      code: 'equipment.batch-invalid',
      kind: 'invalid',
      errors: this.#named,
    });
  }
}
