/** What one unit of a pair's first currency costs in its second, by the best source that lives. */
export interface Course {
  exchanger: string;
  /** The pair: `BTC-USDT`. */
  direction: string;
  /** Exact decimal. */
  valueText: string;
  /** The source's time where it gives one; epoch ms. */
  at: number;
  /** When it was last heard from its source; epoch ms. */
  receivedAt: number;
  /** True: no source lives, and this is the last that was known. */
  stale: boolean;
  /** What it is a price in, where that is not the pair's second currency: `USDT` standing for USD. */
  quotedIn?: string;
  /** There, and true, while a source that lives too says something else. */
  diverged?: true;
}

/** Only courses of this source, of these pairs. */
export interface CourseFilter {
  exchanger?: string;
  /** In canonical form. */
  pairs?: readonly string[];
}
