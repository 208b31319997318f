/** Sums of one phone's attempts, in whole milliseconds, so that no order of adding changes a result. */
export interface PhoneStats {
  phone: number;
  attempts: number;
  upTo10s: number;
  from10To30s: number;
  over30s: number;
  minMs: number;
  maxMs: number;
  /** Exact; may pass 2^53. */
  sumMs: bigint;
  /** Sum over the attempts longer than 15 s. */
  sumOver15sMs: bigint;
}

/** Attempts that started in [fromMs, toMs) count; an open end is null. */
export interface Period {
  fromMs: number | null;
  toMs: number | null;
}
