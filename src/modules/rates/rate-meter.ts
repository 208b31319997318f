/** What is counted of rates, by source; programs that are no source of ours are `other`. */
export interface RateMeter {
  /** A price went into memory. */
  taken: (exchanger: string) => void;
  dropped: (exchanger: string, reason: 'malformed' | 'unknown' | 'late' | 'missing' | 'refused') => void;
  /** Minutes that could not be written for so long that they were given up. */
  lostMinutes: (count: number) => void;
  skewed: (exchanger: string, how: 'ahead' | 'behind') => void;
}
