/**
 * A client of the live channel for browsers and Node: reconnects by itself, and resumes each topic where it was.
 * Types: live-client.d.ts. No dependency.
 */

const FIRST_PAUSE_MS = 250;
const LONGEST_PAUSE_MS = 30_000;
/** Close code for a reader that is too slow: it had better not be back at once. */
const TOO_SLOW = 4008;
const TOO_SLOW_FAILURES = 3;
const SILENCE_MS = 30_000;
const ANSWER_MS = 10_000;
const NORMAL_CLOSURE = 1000;
/** Answers to what was asked before the topic was asked for again. */
const STALE = new Set(['live.already-subscribed', 'live.not-subscribed']);

/** @type {import('./live-client.js').createLiveClient} */
export function createLiveClient(options = {}) {
  return new LiveClient(options).api();
}

class LiveClient {
  #options;
  #Socket;
  #url;
  #state = 'connecting';
  /** What is to be followed, by topic. */
  #topics = new Map();
  #socket;
  #isReady = false;
  #failures = 0;
  #timers = new Map();

  constructor(options) {
    this.#options = options;
    this.#Socket = options.WebSocket ?? globalThis.WebSocket;
    if (!this.#Socket) throw new TypeError('this runtime has no WebSocket: give one as the option WebSocket');
    this.#url = socketUrl(options.url);
    globalThis.addEventListener?.('offline', this.#onOffline);
    globalThis.addEventListener?.('online', this.#onOnline);
    // Later, so that whoever made the client can subscribe first.
    this.#after('connect', 0, () => this.#connect());
  }

  get #isOver() {
    return this.#state === 'closed' || this.#state === 'refused';
  }

  api() {
    return {
      subscribe: (topic, handlers) => this.#subscribe(topic, handlers),
      state: () => this.#state,
      close: () => this.#end('closed'),
    };
  }

  #subscribe(topic, handlers) {
    if (this.#isOver) return () => undefined;
    let entry = this.#topics.get(topic);
    if (entry) {
      // One more listener: it needs a snapshot, which all of the topic get.
      if (entry.isAsked) this.#send({ op: 'unsubscribe', topic });
      entry.isAsked = false;
      entry.since = undefined;
    } else {
      // Without `since` the next answer brings a snapshot, and nothing is listened to before.
      entry = { topic, listeners: new Set(), since: undefined, isAsked: false, failures: 0 };
      this.#topics.set(topic, entry);
    }
    const listener = { ...handlers };
    entry.listeners.add(listener);
    this.#ask(entry);
    return () => this.#unsubscribe(entry, listener);
  }

  #unsubscribe(entry, listener) {
    entry.listeners.delete(listener);
    if (entry.listeners.size > 0 || this.#topics.get(entry.topic) !== entry) return;
    this.#forget(entry);
    if (entry.isAsked) this.#send({ op: 'unsubscribe', topic: entry.topic });
  }

  #forget(entry) {
    this.#topics.delete(entry.topic);
    this.#cancel(`topic ${entry.topic}`);
  }

  #ask(entry) {
    if (!this.#isReady || entry.isAsked || this.#topics.get(entry.topic) !== entry) return;
    entry.isAsked = true;
    this.#send({ op: 'subscribe', topic: entry.topic, since: entry.since });
  }

  #connect() {
    this.#setState('connecting');
    let socket;
    try {
      socket = new this.#Socket(this.#url);
    } catch {
      return this.#pause();
    }
    this.#socket = socket;
    const own = (handle) => (event) => {
      if (this.#socket === socket) handle(event);
    };
    socket.addEventListener(
      'open',
      own(() => void this.#opened(socket)),
    );
    socket.addEventListener(
      'message',
      own((event) => this.#heard(event.data)),
    );
    socket.addEventListener(
      'close',
      own((event) => this.#lost(event.code)),
    );
    // A close always follows.
    socket.addEventListener('error', () => undefined);
    this.#after('answer', ANSWER_MS, () => this.#drop());
  }

  async #opened(socket) {
    let { token } = this.#options;
    try {
      if (typeof token === 'function') token = await token();
    } catch {
      return this.#socket === socket && this.#drop();
    }
    if (this.#socket !== socket) return;
    if (token) this.#send({ op: 'auth', token });
    else this.#ready();
  }

  #ready() {
    this.#isReady = true;
    this.#listen();
    this.#setState('open');
    for (const entry of this.#topics.values()) this.#ask(entry);
  }

  #heard(text) {
    this.#listen();
    const frame = parsed(text);
    if (!frame) return;
    if (frame.op === 'ready') return this.#ready();
    if (frame.op === 'error') return this.#refused(frame);
    const entry = this.#topics.get(frame.topic);
    if (!entry?.isAsked) return;
    if (frame.op === 'event' && entry.since !== undefined) {
      entry.since = frame.event.id;
      tell(entry, 'onEvent', frame.event);
    } else if (frame.op === 'gap') {
      tell(entry, 'onGap');
    } else if (frame.op === 'subscribed') {
      entry.since = frame.last_event_id;
      entry.failures = 0;
      // A connection that serves is a good one: the next pause is short again.
      this.#failures = 0;
      if ('snapshot' in frame) tell(entry, 'onSnapshot', frame.snapshot);
    }
  }

  #refused(error) {
    if (STALE.has(error.code)) return;
    const entry = this.#topics.get(error.topic);
    if (entry) return this.#topicRefused(entry, error);
    if (!error.code.startsWith('access.')) return;
    if (error.retryable) this.#drop();
    else this.#end('refused', error);
  }

  #topicRefused(entry, error) {
    if (error.code === 'access.unauthenticated') return this.#end('refused', error);
    entry.isAsked = false;
    if (error.retryable) {
      this.#after(`topic ${entry.topic}`, pauseMs(entry.failures++), () => this.#ask(entry));
      return;
    }
    this.#forget(entry);
    tell(entry, 'onError', { code: error.code, message: error.message });
  }

  /** Whatever comes shows that the other side is there; after a silence it is asked, and then must answer. */
  #listen() {
    this.#cancel('answer');
    this.#after('silence', SILENCE_MS, () => {
      this.#send({ op: 'ping' });
      this.#after('answer', ANSWER_MS, () => this.#drop());
    });
  }

  /** Gives a connection up without waiting for its other end. */
  #drop() {
    const socket = this.#socket;
    this.#lost();
    socket?.close(NORMAL_CLOSURE);
  }

  #lost(code) {
    if (code === TOO_SLOW) this.#failures = Math.max(this.#failures, TOO_SLOW_FAILURES);
    this.#leave();
    this.#pause();
  }

  #leave() {
    this.#socket = undefined;
    this.#isReady = false;
    for (const name of [...this.#timers.keys()]) this.#cancel(name);
    for (const entry of this.#topics.values()) entry.isAsked = false;
  }

  #pause() {
    this.#setState('waiting');
    this.#after('connect', pauseMs(this.#failures++), () => this.#connect());
  }

  #end(state, error) {
    if (this.#isOver) return;
    const socket = this.#socket;
    this.#leave();
    globalThis.removeEventListener?.('offline', this.#onOffline);
    globalThis.removeEventListener?.('online', this.#onOnline);
    this.#topics.clear();
    socket?.close(NORMAL_CLOSURE);
    this.#setState(state, error && { code: error.code, message: error.message });
  }

  #onOffline = () => this.#socket && this.#drop();

  #onOnline = () => {
    if (this.#state !== 'waiting') return;
    this.#cancel('connect');
    this.#connect();
  };

  #setState(state, error) {
    if (this.#state === state && state !== 'connecting') return;
    this.#state = state;
    call(this.#options.onState, state, error);
  }

  #send(frame) {
    const { OPEN = 1 } = this.#Socket;
    if (this.#socket?.readyState === OPEN) this.#socket.send(JSON.stringify(frame));
  }

  #after(name, ms, fn) {
    this.#cancel(name);
    const run = () => {
      this.#timers.delete(name);
      fn();
    };
    this.#timers.set(name, setTimeout(run, ms));
  }

  #cancel(name) {
    clearTimeout(this.#timers.get(name));
    this.#timers.delete(name);
  }
}

/** Twice as long each time, and by chance between half of it and all, so that many clients do not come at once. */
function pauseMs(failures) {
  const most = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** Math.min(failures, 10));
  return most / 2 + (most / 2) * Math.random();
}

/** `http://host:8000` and `ws://host:8000/ws` alike; in a page, without any, the page's own host. */
function socketUrl(given) {
  const url = new URL(given ?? '/ws', globalThis.location?.href);
  url.protocol = url.protocol.replace(/^http/, 'ws');
  if (url.pathname === '/') url.pathname = '/ws';
  url.hash = '';
  return url.href;
}

function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function tell(entry, name, value) {
  for (const listener of [...entry.listeners]) call(listener[name], value);
}

/** A fault in a handler is shown as uncaught, and stops neither this client nor the other handlers. */
function call(handler, ...values) {
  try {
    handler?.(...values);
  } catch (error) {
    queueMicrotask(() => {
      throw error;
    });
  }
}
