/** The data is not what it must be. `offset` is a byte of the file; the reason holds none of its content. */
export class Damage extends Error {
  constructor(
    readonly offset: number,
    readonly reason: string,
    /** Whether the data simply ended too early, as it does while it is still being written. */
    readonly unfinished = false,
  ) {
    super(`byte ${offset}: ${reason}`);
    this.name = 'Damage';
  }
}
