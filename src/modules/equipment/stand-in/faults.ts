/** What the stand-in may do with a request beside configuring the device. */
export const FAULTS = ['400', '404', '500', 'hang', 'reset'] as const;
export type Fault = (typeof FAULTS)[number];

/** Shares of all requests, from 0 to 1; together at most 1. The rest succeeds. */
export type FaultShares = Readonly<Partial<Record<Fault, number>>>;

/** @param draw a number in [0, 1) */
export function faultFor(shares: FaultShares, draw: number): Fault | undefined {
  let below = 0;
  return FAULTS.find((fault) => draw < (below += shares[fault] ?? 0));
}
