/** What the stand-in has seen of devices. */
export interface StandInCounts {
  requests: number;
  /** In work now. */
  inFlight: number;
  mostInFlight: number;
  /** Requests for a device that was still being configured: never, if its caller keeps to the contract. */
  twoAtOnce: number;
  /** By what was answered: `200`, `404`, `hang`. */
  outcomes: Record<string, number>;
}

/** Knows which devices are being worked on, and tells of a second request for one of them. */
export function createDeviceWatch(onTwoAtOnce: (id: string) => void) {
  const busy = new Map<string, number>();
  const counts: StandInCounts = { requests: 0, inFlight: 0, mostInFlight: 0, twoAtOnce: 0, outcomes: {} };

  return {
    /** Until the returned function is called, a further `begin` of the same device is one too many. */
    begin(id: string): () => void {
      counts.requests++;
      counts.mostInFlight = Math.max(counts.mostInFlight, ++counts.inFlight);
      const others = busy.get(id) ?? 0;
      busy.set(id, others + 1);
      if (others > 0) {
        counts.twoAtOnce++;
        onTwoAtOnce(id);
      }
      return () => {
        counts.inFlight--;
        const left = busy.get(id)! - 1;
        if (left === 0) busy.delete(id);
        else busy.set(id, left);
      };
    },
    count: (outcome: string): void => void (counts.outcomes[outcome] = (counts.outcomes[outcome] ?? 0) + 1),
    counts: (): StandInCounts => ({ ...counts, outcomes: { ...counts.outcomes } }),
  };
}
