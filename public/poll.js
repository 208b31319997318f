import { access } from './api.js';

const SLOWEST_MS = 30_000;

/**
 * Calls `turn` every `everyMs`: never two at once, not while the page is hidden, more and more seldom while it
 * fails, and not at all after a 401 until the token changes. Returns a function that asks at once.
 */
export function poll(everyMs, turn) {
  let timer;
  let running = false;
  let again = false;
  let barred = false;
  let failures = 0;

  async function run() {
    clearTimeout(timer);
    if (document.hidden || barred) return;
    if (running) {
      again = true;
      return;
    }
    running = true;
    const error = await turn().then(
      () => undefined,
      (thrown) => thrown,
    );
    running = false;
    failures = error ? failures + 1 : 0;
    barred = error?.status === 401 && !again;
    if (again) {
      again = false;
      return run();
    }
    if (!barred) timer = setTimeout(run, pause(error));
  }

  function pause(error) {
    const backedOff = Math.min(SLOWEST_MS, everyMs * 2 ** Math.min(failures, 8));
    const asked = Math.min(SLOWEST_MS, (error?.retryAfterS ?? 0) * 1000);
    return Math.max(asked, failures === 0 ? everyMs : backedOff * (0.75 + Math.random() / 2));
  }

  document.addEventListener('visibilitychange', run);
  access.addEventListener('changed', () => {
    barred = false;
    void run();
  });
  void run();
  return run;
}
