interface Attempt {
  phone: number;
  start_date: number;
  end_date: number;
}

/** One phone of a report, by the contract's own words: what plain code makes of the data file. */
export function plainPhone(text: string, phone: number): object | undefined {
  const all = JSON.parse(text) as Attempt[];
  const ms = all.filter((one) => one.phone === phone).map((one) => one.end_date - one.start_date);
  if (ms.length === 0) return undefined;
  const count = (within: (seconds: number) => boolean): number =>
    ms.filter((one) => within(one / 1_000)).length;
  const sum = (durations: number[]): number => durations.reduce((total, one) => total + one, 0);
  return {
    phone,
    cnt_all_attempts: ms.length,
    cnt_att_dur: {
      '10_sec': count((seconds) => seconds <= 10),
      '10_30_sec': count((seconds) => seconds > 10 && seconds <= 30),
      '30_sec': count((seconds) => seconds > 30),
    },
    min_price_att: (Math.min(...ms) * 10) / 1_000,
    max_price_att: (Math.max(...ms) * 10) / 1_000,
    avg_dur_att: sum(ms) / (ms.length * 1_000),
    sum_price_att_over_15: (sum(ms.filter((one) => one / 1_000 > 15)) * 10) / 1_000,
  };
}
