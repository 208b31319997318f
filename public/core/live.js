import { createLiveClient } from '../live-client.js';
import { useEffect, useRef } from '../vendor.js';
import { token } from './session.js';
import { createStore } from './store.js';

/** `connecting`, `open`, `waiting` (and trying again), `closed` or `refused`. */
export const liveState = createStore('connecting');

/** Counts how often the connection came back: what is shown then may be old, and is asked for again. */
export const reconnections = createStore(0);

const client = createStore(undefined);
let wasOpen = false;

function connect() {
  client.get()?.close();
  wasOpen = false;
  const url = new URL('ws', document.baseURI).href;
  client.set(createLiveClient({ url, token: () => token.get() ?? undefined, onState }));
}

function onState(state) {
  liveState.set(state);
  if (state !== 'open') return;
  if (wasOpen) reconnections.set(reconnections.get() + 1);
  wasOpen = true;
}

/** Connects, and anew with each other token. */
export function startLive() {
  connect();
  token.subscribe(connect);
}

/**
 * Follows a topic while the component is there: `{ onSnapshot, onEvent }` of the last rendering are called.
 * Without a topic nothing is followed.
 */
export function useTopic(topic, handlers) {
  const latest = useRef(handlers);
  latest.current = handlers;
  useEffect(() => {
    if (!topic) return undefined;
    let unsubscribe = () => {};
    const follow = () => {
      unsubscribe();
      unsubscribe = client.get().subscribe(topic, {
        onSnapshot: (snapshot) => latest.current.onSnapshot?.(snapshot),
        onEvent: (event) => latest.current.onEvent?.(event),
      });
    };
    const unwatch = client.subscribe(follow);
    follow();
    return () => {
      unwatch();
      unsubscribe();
    };
  }, [topic]);
}
