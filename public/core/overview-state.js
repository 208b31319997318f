const SHOWN_MINUTES = 60;
const MINUTE_MS = 60_000;

/** The overview with what an event tells: everything as it is now, and the last of the minutes. */
export function withSample(overview, sample) {
  if (!overview) return overview;
  const fresh = new Set(sample.minutes.map(({ at }) => at));
  const minutes = [...overview.minutes.filter(({ at }) => !fresh.has(at)), ...sample.minutes];
  minutes.sort((a, b) => (a.at < b.at ? -1 : 1));
  const shown = minutes.slice(-SHOWN_MINUTES);
  return { ...sample, minutes: shown, tasks: { ...sample.tasks, ...endedIn(shown) } };
}

function endedIn(minutes) {
  const sum = (name) => minutes.reduce((total, minute) => total + minute[name], 0);
  return { completed: sum('completed'), failed: sum('failed'), cancelled: sum('cancelled') };
}

/** The last hour without holes: a minute that nobody sampled is there, without values. */
export function hourOf({ at, minutes }) {
  const known = new Map(minutes.map((minute) => [Date.parse(minute.at), minute]));
  const last = Math.floor(Date.parse(at) / MINUTE_MS) * MINUTE_MS;
  const times = Array.from(
    { length: SHOWN_MINUTES },
    (_, index) => last - (SHOWN_MINUTES - 1 - index) * MINUTE_MS,
  );
  return {
    times,
    valuesOf: (of) => times.map((time) => (known.has(time) ? (of(known.get(time)) ?? null) : null)),
  };
}
