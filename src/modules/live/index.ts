import type { IncomingMessage } from 'node:http';
import type { Clock } from '../../kernel/clock.js';
import { AppError } from '../../kernel/errors.js';
import type { EventLog, NewEvent } from '../../kernel/event.js';
import type { LiveCaller, LiveTopic } from '../../kernel/live-topic.js';
import type { Logger } from '../../kernel/logger.js';
import { periodically } from '../../kernel/periodic.js';
import type { Metrics } from '../../platform/metrics/metrics.js';
import { textFrame } from '../../platform/websocket/text-frame.js';
import type { TakeConnection } from '../../platform/websocket/web-socket-endpoint.js';
import { createFeed } from './feed.js';
import { createHub } from './hub.js';
import { createProgress } from './progress.js';
import { RecentEvents } from './recent-events.js';
import { MOST_REPLAYED } from './resume.js';
import { Session } from './session.js';
import { createSnapshots } from './snapshots.js';

export { liveChannel } from './live-messages.js';

export interface LiveAccess {
  /** Who sent the request, by its headers or by where it comes from; throws where that is not known. */
  authenticate: (request: IncomingMessage) => LiveCaller;
  authenticateText: (text: string | undefined, request: IncomingMessage) => LiveCaller;
  /** Whether a caller that was let in would be let in now. */
  holds: (caller: LiveCaller) => boolean;
}

export interface LiveDeps {
  clock: Clock;
  log: Logger;
  events: EventLog;
  access: LiveAccess;
  metrics: Metrics;
  config: {
    /** On one connection. */
    maxSubscriptions: number;
  };
}

const RECENT_CHARACTERS = 32 * 1024 * 1024;
const HOLDS_EVERY_MS = 5_000;

export type LiveModule = ReturnType<typeof createLiveModule>;

/** The live channel: topics of all modules, fed from the event log of all replicas. */
export function createLiveModule(deps: LiveDeps) {
  const { clock, log, events, access, metrics } = deps;
  const topics = new Map<string, LiveTopic>();
  const sessions = new Set<Session>();
  const meter = createMeter(metrics);
  const hub = createHub({ clock, meter, frame: textFrame });
  const recent = new RecentEvents({ events: MOST_REPLAYED, size: RECENT_CHARACTERS });
  const feed = createFeed({
    clock,
    log,
    events,
    recent,
    hub,
    prefill: MOST_REPLAYED,
    onStored: ({ subject }) => progress.forget(subject),
  });
  const progress = createProgress(clock, (event) => feed.tell(event, true));
  const snapshots = createSnapshots({ clock, events });
  const { maxSubscriptions } = deps.config;
  const sessionDeps = {
    ...{ clock, log, events, recent, hub, meter, snapshots, topics, maxSubscriptions },
    frame: textFrame,
  };
  const expiry = periodically(
    { clock, log, everyMs: HOLDS_EVERY_MS, what: 'looking for connections whose token is gone' },
    expireSessions,
  );
  let isRunning = false;

  metrics.gauge('switchyard_live_connections', 'Open live connections', () => sessions.size);
  metrics.gauge('switchyard_live_subscriptions', 'Subscriptions of live connections', () =>
    [...sessions].reduce((sum, session) => sum + session.subscriptions, 0),
  );

  /** Judges a request for a connection. A token in a header must be valid; without one it may come as the first frame. */
  function admit(request: IncomingMessage): TakeConnection {
    if (!isRunning)
      throw new AppError('The service is starting', { code: 'live.starting', kind: 'unavailable' });
    const caller = callerOf(request);
    return (socket) => {
      const judge = (token: string): LiveCaller => access.authenticateText(token, request);
      const session = new Session(sessionDeps, socket, caller, judge);
      sessions.add(session);
      return {
        text: (text) => session.text(text),
        binary: () => session.binary(),
        closed: () => {
          sessions.delete(session);
          session.closed();
        },
      };
    };
  }

  function callerOf(request: IncomingMessage): LiveCaller | undefined {
    try {
      return access.authenticate(request);
    } catch (error) {
      const { authorization, token } = request.headers;
      const mayCome = authorization === undefined && token === undefined;
      if (mayCome && error instanceof AppError && error.kind === 'unauthenticated') return undefined;
      throw error;
    }
  }

  function expireSessions(): Promise<void> {
    const judged = new Map<string, boolean>();
    for (const session of sessions) {
      const { caller } = session;
      if (!caller) continue;
      const key = `${caller.role} ${caller.name}`;
      if (!judged.has(key)) judged.set(key, access.holds(caller));
      if (judged.get(key) === false) session.expire();
    }
    return Promise.resolve();
  }

  return {
    name: 'live',
    admit,
    /** Adds topics; before `start`. */
    use: (more: readonly LiveTopic[]): void => more.forEach((topic) => topics.set(topic.name, topic)),
    /** Whether anybody on this replica would hear an event of the subject. */
    isWatched: (subject: string): boolean => hub.hears(subject),
    /** Tells who is subscribed to the event's topics on this replica; it is not stored, and has no place in `since`. */
    tell: (event: NewEvent): void => feed.tell(event),
    /** As `tell`, for what changes all the time: the newest of each subject, at most every 250 ms. */
    tellProgress(subject: string, event: () => NewEvent): void {
      if (hub.hears(subject)) progress.report(subject, event);
    },
    onCutOff: meter.cutOff,
    async start(): Promise<void> {
      if (isRunning) return;
      await feed.start();
      expiry.start();
      isRunning = true;
    },
    async stop(): Promise<void> {
      isRunning = false;
      progress.stop();
      await Promise.all([feed.stop(), expiry.stop()]);
    },
  };
}

function createMeter(metrics: Metrics) {
  const sent = metrics.counter('switchyard_live_events_sent_total', 'Events given to subscribers');
  const cutOff = metrics.counter('switchyard_live_cut_off_total', 'Readers too slow to keep up');
  const gaps = metrics.counter('switchyard_live_gaps_total', 'Resumptions after what is kept');
  return {
    eventsSent: (count: number): void => sent.inc({}, count),
    cutOff: (): void => cutOff.inc(),
    gap: (): void => gaps.inc(),
  };
}
