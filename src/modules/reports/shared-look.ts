/**
 * Looks once for all who ask at about the same time. A look that was begun before somebody asked is not theirs, as what it
 * saw may be older than their question: they share the next one.
 */
export function sharedLook<T>(look: () => Promise<T>): () => Promise<T> {
  let running: Promise<T> | undefined;
  let next: Promise<T> | undefined;

  function begin(): Promise<T> {
    next = undefined;
    const own = look();
    running = own;
    const over = (): void => void (running === own && (running = undefined));
    own.then(over, over);
    return own;
  }

  return () => {
    if (!running) return begin();
    return (next ??= running.then(begin, begin));
  };
}
