/** Waits, and longer while the page is hidden; rejects when `signal` aborts. */
export async function pause(ms, signal) {
  await waiting(signal, (done) => {
    const timer = setTimeout(done, ms);
    return () => clearTimeout(timer);
  });
  if (!document.hidden) return;
  await waiting(signal, (done) => {
    document.addEventListener('visibilitychange', done, { once: true });
    return () => document.removeEventListener('visibilitychange', done);
  });
}

function waiting(signal, start) {
  return new Promise((resolve, reject) => {
    const ended = () => {
      stop();
      reject(signal.reason);
    };
    const stop = start(() => {
      signal.removeEventListener('abort', ended);
      resolve();
    });
    signal.addEventListener('abort', ended, { once: true });
  });
}
