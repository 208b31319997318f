/** What a benchmark may use; `onEnd` undoes what it opened, last first. */
export interface BenchContext {
  folder: string;
  records: number;
  rounds: number;
  onEnd: (undo: () => Promise<void>) => void;
}
