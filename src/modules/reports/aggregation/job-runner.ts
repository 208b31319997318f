/** Runs a job of `src/workers/index.ts` on a thread. */
export interface JobRunner {
  readonly threads: number;
  run<I, O>(job: string, input: I, options?: { transfer?: ArrayBuffer[] }): Promise<O>;
}
