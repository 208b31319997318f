import { Piscina } from 'piscina';

/** Returns `value` from a job with its buffers moved to the other thread instead of copied. */
export function give<T extends object>(value: T, buffers: readonly ArrayBuffer[]): T {
  const given = {
    get [Piscina.transferableSymbol](): readonly ArrayBuffer[] {
      return buffers;
    },
    get [Piscina.valueSymbol](): T {
      return value;
    },
  };
  // The pool unwraps it on the way, so that whoever awaits the job sees a plain T.
  return Piscina.move(given as unknown as ArrayBuffer) as unknown as T;
}
