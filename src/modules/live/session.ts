import type { Clock, Timer } from '../../kernel/clock.js';
import { AppError } from '../../kernel/errors.js';
import type { LiveCaller } from '../../kernel/live-topic.js';
import type { Logger } from '../../kernel/logger.js';
import { badFrame, parseClientFrame, type ClientFrame } from './client-frame.js';
import type { Subscription } from './hub.js';
import type { LiveSocket } from './live-socket.js';
import { errorFrame, PONG, READY, unsubscribedFrame } from './server-frames.js';
import { subscribe, type SubscribeDeps } from './subscribe.js';
import type { TopicName } from './topic-name.js';

export interface SessionDeps extends SubscribeDeps {
  clock: Clock;
  log: Logger;
  maxSubscriptions: number;
}

const AUTH_WITHIN_MS = 10_000;
const MOST_BAD_IN_A_ROW = 10;
const POLICY_VIOLATION = 1008;
/** Frames that may wait for their turn before the connection is read no further. */
const MOST_WAITING_FRAMES = 32;

/** One connection: frames are answered one after the other, in the order in which they came. */
export class Session {
  #caller: LiveCaller | undefined;
  /** Judges a token; there until the client has said something that needs no more of them. */
  #authenticate: ((token: string) => LiveCaller) | undefined;
  #deadline: Timer | undefined;
  #waiting: string[] = [];
  #isBusy = false;
  #isOver = false;
  #badInARow = 0;
  readonly #subscriptions = new Map<string, Subscription>();

  constructor(
    private readonly deps: SessionDeps,
    private readonly socket: LiveSocket,
    /** Undefined where a token has to come first. */
    caller: LiveCaller | undefined,
    authenticate: (token: string) => LiveCaller,
  ) {
    this.#caller = caller;
    this.#authenticate = authenticate;
    if (!caller) {
      this.#deadline = deps.clock.after(AUTH_WITHIN_MS, () =>
        socket.close(POLICY_VIOLATION, 'no token within 10 s'),
      );
    }
  }

  get caller(): LiveCaller | undefined {
    return this.#caller;
  }

  get subscriptions(): number {
    return this.#subscriptions.size;
  }

  text(text: string): void {
    this.#waiting.push(text);
    if (this.#waiting.length >= MOST_WAITING_FRAMES) this.socket.pause();
    if (!this.#isBusy) void this.#work();
  }

  binary(): void {
    this.text('binary');
  }

  /** The token that was shown is no longer in force. */
  expire(): void {
    const error = new AppError('The token is no longer valid', {
      code: 'access.unauthenticated',
      kind: 'unauthenticated',
    });
    this.socket.send(this.deps.frame(errorFrame(error)));
    this.socket.close(POLICY_VIOLATION, 'the token is no longer valid');
  }

  closed(): void {
    this.#isOver = true;
    this.#waiting = [];
    this.#deadline?.cancel();
    for (const subscription of this.#subscriptions.values()) this.deps.hub.leave(subscription);
    this.#subscriptions.clear();
  }

  async #work(): Promise<void> {
    this.#isBusy = true;
    for (let text = this.#waiting.shift(); text !== undefined; text = this.#waiting.shift()) {
      await this.#answer(text);
      if (this.#isOver || !this.socket.isOpen) break;
    }
    this.#isBusy = false;
    if (!this.#isOver) this.socket.resume();
  }

  async #answer(text: string): Promise<void> {
    let frame: ClientFrame | undefined;
    try {
      frame = parseClientFrame(text);
      await this.#do(frame);
      this.#badInARow = 0;
    } catch (error) {
      this.#refuse(error, frame && 'topic' in frame ? frame.topic.topic : undefined);
    }
  }

  #refuse(error: unknown, topic: string | undefined): void {
    if (!(error instanceof AppError)) this.deps.log.error({ err: error }, 'a live frame failed');
    this.socket.send(this.deps.frame(errorFrame(error, topic)));
    if (!isBad(error)) return;
    if (++this.#badInARow >= MOST_BAD_IN_A_ROW)
      this.socket.close(POLICY_VIOLATION, 'too many bad frames in a row');
  }

  async #do(frame: ClientFrame): Promise<void> {
    if (frame.op === 'auth') return this.#auth(frame.token);
    if (!this.#caller) {
      const message = 'A token is needed first: {"op":"auth","token":"…"}';
      throw new AppError(message, { code: 'access.unauthenticated', kind: 'unauthenticated' });
    }
    this.#authenticate = undefined;
    if (frame.op === 'ping') return this.socket.send(this.deps.frame(PONG));
    if (frame.op === 'subscribe') return this.#subscribe(this.#caller, frame.topic, frame.since);
    this.#unsubscribe(frame.topic);
  }

  #auth(token: string): void {
    if (!this.#authenticate) throw badFrame('auth must come first, and once');
    this.#caller = this.#authenticate(token);
    this.#authenticate = undefined;
    this.#deadline?.cancel();
    this.#deadline = undefined;
    this.socket.send(this.deps.frame(READY));
  }

  async #subscribe(caller: LiveCaller, topic: TopicName, since: number | undefined): Promise<void> {
    const { deps, socket } = this;
    if (this.#subscriptions.has(topic.topic)) {
      throw badFrame(`${topic.topic} is subscribed already`, 'live.already-subscribed');
    }
    if (this.#subscriptions.size >= deps.maxSubscriptions) {
      const message = `There are ${deps.maxSubscriptions} subscriptions on this connection already`;
      throw new AppError(message, { code: 'live.too-many-subscriptions', kind: 'conflict' });
    }
    const { subscription, caughtUp } = await subscribe(deps, { socket, caller, topic, since });
    caughtUp.catch((error: unknown) => this.#lose(subscription, error));
    if (this.#isOver) return deps.hub.leave(subscription);
    this.#subscriptions.set(topic.topic, subscription);
  }

  /** What was missed could not be read: the client is told, and may subscribe again from where it is. */
  #lose(subscription: Subscription, error: unknown): void {
    this.deps.hub.leave(subscription);
    if (this.#subscriptions.get(subscription.topic) !== subscription) return;
    this.#subscriptions.delete(subscription.topic);
    this.socket.send(this.deps.frame(errorFrame(error, subscription.topic)));
  }

  #unsubscribe({ topic }: TopicName): void {
    const subscription = this.#subscriptions.get(topic);
    if (!subscription) throw badFrame(`${topic} is not subscribed`, 'live.not-subscribed');
    this.#subscriptions.delete(topic);
    this.deps.hub.leave(subscription);
    this.socket.send(this.deps.frame(unsubscribedFrame(topic)));
  }
}

/** The client's own fault, and not what it asked for being gone, full or away. */
function isBad(error: unknown): boolean {
  return error instanceof AppError && ['invalid', 'unauthenticated', 'too-many'].includes(error.kind);
}
