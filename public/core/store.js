import { useEffect, useState } from '../vendor.js';

/** A value that components watch: `get`, `set`, `subscribe` (returns how to stop). Equal values tell nobody. */
export function createStore(initial) {
  let value = initial;
  const listeners = new Set();
  return {
    get: () => value,
    set(next) {
      if (Object.is(next, value)) return;
      value = next;
      for (const listen of [...listeners]) listen(value);
    },
    subscribe(listen) {
      listeners.add(listen);
      return () => listeners.delete(listen);
    },
  };
}

/** The store's value; the component is rendered anew when it changes. */
export function useStore(store) {
  const [value, setValue] = useState(store.get());
  useEffect(() => {
    setValue(store.get()); // what changed between rendering and here
    return store.subscribe(setValue);
  }, [store]);
  return value;
}
