import type { DueDelivery } from '../deliveries/deliveries.queries.js';
import type { Endpoint } from '../endpoints/endpoint.js';
import { Pace } from './pace.js';

/** Loaded ahead for an endpoint that answers. */
const LEAST_WINDOW = 16;
const MOST_WINDOW = 256;

/** Secrets as they sign: `whsec_…`. */
export interface SigningSecrets {
  /** Of the endpoint's version that they were read with. */
  version: number;
  current: string;
  previous: string | null;
  previousUntil: number | null;
}

/**
 * What is loaded of one endpoint's deliveries. It begins with a single request at a time, and each answer doubles that, up
 * to its concurrency; one that does not answer begins anew, and has a single delivery loaded.
 */
export class EndpointQueue {
  readonly pace: Pace;
  secrets: SigningSecrets | undefined;
  /** The database may have more that are due. */
  hasMore = false;
  inFlight = 0;
  isLoading = false;
  /** False once it is disabled or removed: what runs ends, nothing more begins. */
  isOpen = true;
  /** A timer will offer it again. */
  isPaced = false;
  #waiting: DueDelivery[] = [];
  /** Loaded, and not recorded yet. */
  readonly #held = new Set<number>();
  #releasedWhileLoading: number[] = [];
  #allowed = 1;
  #isAnswering: boolean;
  #pausedUntil = 0;

  constructor(
    public endpoint: Endpoint,
    private readonly defaultConcurrency: number,
    /** It has not answered of late. */
    isFailing = false,
  ) {
    this.#isAnswering = !isFailing;
    this.pace = new Pace(endpoint.ratePerS);
  }

  update(endpoint: Endpoint): void {
    if (endpoint.url !== this.endpoint.url) this.#pausedUntil = 0;
    this.endpoint = endpoint;
    this.pace.set(endpoint.ratePerS);
  }

  get concurrency(): number {
    return this.endpoint.concurrency ?? this.defaultConcurrency;
  }

  /** Whether a request to it is a trial. */
  get isProbing(): boolean {
    return !this.#isAnswering;
  }

  get canSend(): boolean {
    const allowed = Math.min(this.#allowed, this.concurrency);
    const mayGo = this.isOpen && !this.isPaced && !this.needsSecrets;
    return mayGo && this.#waiting.length > 0 && this.inFlight < allowed;
  }

  get window(): number {
    if (!this.#isAnswering) return 1;
    return Math.min(MOST_WINDOW, Math.max(LEAST_WINDOW, 4 * this.concurrency));
  }

  get wantsLoad(): boolean {
    if (!this.isOpen || this.isLoading || !this.hasMore) return false;
    return this.needsSecrets || this.#waiting.length <= this.window / 2;
  }

  /** It was changed since they were read: what they were may not sign any more. */
  get needsSecrets(): boolean {
    return this.secrets?.version !== this.endpoint.version;
  }

  get held(): number {
    return this.#held.size;
  }

  /** Nothing of it is loaded or under way. */
  get isIdle(): boolean {
    return this.#held.size === 0 && !this.isLoading;
  }

  /** Milliseconds until the next request may begin. */
  waitMs(now: number): number {
    return Math.max(this.pace.waitMs(now), this.#pausedUntil - now);
  }

  /** The receiver asked for quiet. */
  pause(untilMs: number): void {
    this.#pausedUntil = Math.max(this.#pausedUntil, untilMs);
  }

  beginLoad(): void {
    this.isLoading = true;
    this.hasMore = false;
    this.#releasedWhileLoading = [];
  }

  /** Takes what was read, but for what is held or was held when the reading began; returns how many. */
  endLoad(rows: readonly DueDelivery[], isFull: boolean): number {
    this.isLoading = false;
    if (!this.isOpen) return 0;
    this.hasMore ||= isFull;
    const old = new Set(this.#releasedWhileLoading);
    const fresh = rows.filter(({ seq }) => !this.#held.has(seq) && !old.has(seq));
    // One that was released meanwhile may be due again: a later look shows.
    if (fresh.length < rows.length && old.size > 0) this.hasMore = true;
    for (const row of fresh) this.#held.add(row.seq);
    this.#waiting.push(...fresh);
    return fresh.length;
  }

  next(): DueDelivery | undefined {
    return this.#waiting.shift();
  }

  /** It was recorded, or is given back. */
  release(seq: number): void {
    this.#held.delete(seq);
    if (this.isLoading) this.#releasedWhileLoading.push(seq);
  }

  /** Sends nothing more; returns how many deliveries were let go. */
  close(): number {
    this.isOpen = false;
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const { seq } of waiting) this.#held.delete(seq);
    return waiting.length;
  }

  /** An answer came, whatever it said, or none did. */
  noteAnswer(answered: boolean): void {
    this.#isAnswering = answered;
    this.#allowed = answered ? Math.min(this.#allowed * 2, this.concurrency) : 1;
  }
}
