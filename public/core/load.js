import { useEffect, useRef, useState } from '../vendor.js';
import { reconnections } from './live.js';
import { token } from './session.js';
import { createStore, useStore } from './store.js';

const SOONEST_MS = 1_000;
const LONGEST_MS = 15_000;

/** How many parts of the page have nothing to show yet. */
export const firstLoads = createStore(0);

/**
 * What `load(signal)` resolves to, asked for again when `deps` change, when the connection came back or another token
 * is used, and, where it failed but may pass, by itself. Old data stays while new data is on its way; where `deps` changed,
 * only with `keep`. `touch()` asks again, at most once a second however often it is called; `reload()` at once. `askedAt`:
 * when the data was asked for (`performance.now()`).
 */
export function useLoad(load, deps, { keep = false } = {}) {
  const [state, setState] = useState({ data: undefined, error: undefined, loading: true });
  const again = useStore(reconnections);
  const kept = useStore(token);
  const latest = useRef(load);
  latest.current = load;
  const control = useRef({ reload() {}, touch() {}, overtake() {} });

  useEffect(
    () => setState(({ data }) => ({ data: keep ? data : undefined, error: undefined, loading: true })),
    [...deps, kept],
  );
  useEffect(() => {
    const loader = keepLoading(
      (signal) => latest.current(signal),
      (change) => setState((before) => ({ ...before, ...change })),
    );
    control.current = loader;
    return loader.stop;
  }, [...deps, again, kept]);

  return {
    ...state,
    reload: () => control.current.reload(),
    touch: () => control.current.touch(),
    /** Changes the data that is shown, until it is loaded again; an answer on its way may be older, and is asked for again. */
    change(how) {
      control.current.overtake();
      setState((before) => (before.data === undefined ? before : { ...before, data: how(before.data) }));
    },
  };
}

function keepLoading(load, tell) {
  const abort = new AbortController();
  let timer;
  let running = false;
  let wanted = false;
  let failures = 0;
  let startedAt = 0;
  let isFirst = true;
  firstLoads.set(firstLoads.get() + 1);

  function arrived() {
    if (isFirst) firstLoads.set(firstLoads.get() - 1);
    isFirst = false;
  }

  async function run() {
    clearTimeout(timer);
    timer = undefined;
    if (running) {
      wanted = true;
      return;
    }
    running = true;
    wanted = false;
    startedAt = performance.now();
    try {
      const askedAt = startedAt;
      const data = await load(abort.signal);
      if (abort.signal.aborted) return;
      failures = 0;
      tell({ data, askedAt, error: undefined, loading: false });
    } catch (error) {
      if (abort.signal.aborted) return;
      failures += 1;
      tell({ error, loading: false });
      if (error.mayPass) timer = setTimeout(run, pauseAfter(error));
    } finally {
      running = false;
      arrived();
      if (wanted && !abort.signal.aborted) touch();
    }
  }

  function pauseAfter(error) {
    const backedOff =
      Math.min(LONGEST_MS, SOONEST_MS * 2 ** Math.min(failures, 5)) * (0.75 + Math.random() / 2);
    return Math.max(backedOff, Math.min(LONGEST_MS, (error.retryAfterS ?? 0) * 1000));
  }

  function touch() {
    if (running) wanted = true;
    else timer ??= setTimeout(run, Math.max(0, startedAt + SOONEST_MS - performance.now()));
  }

  void run();
  return {
    reload: () => void run(),
    touch,
    overtake: () => (wanted ||= running),
    stop() {
      arrived();
      clearTimeout(timer);
      abort.abort();
    },
  };
}
