import { AppError } from '../../kernel/errors.js';
import type { NewEvent } from '../../kernel/event.js';
import type { LiveCaller, LiveTopic } from '../../kernel/live-topic.js';
import { catchUp, type CatchUpDeps } from './catch-up.js';
import { badFrame } from './client-frame.js';
import type { Subscription } from './hub.js';
import type { LiveSocket, MakeFrame } from './live-socket.js';
import { canResume, type ResumeDeps } from './resume.js';
import { gapFrame, subscribedFrame } from './server-frames.js';
import type { Snapshots } from './snapshots.js';
import type { TopicName } from './topic-name.js';

export interface SubscribeDeps extends CatchUpDeps, ResumeDeps {
  events: ResumeDeps['events'];
  snapshots: Snapshots;
  topics: ReadonlyMap<string, LiveTopic>;
  frame: MakeFrame;
}

export interface SubscribeRequest {
  socket: LiveSocket;
  caller: LiveCaller;
  topic: TopicName;
  since: number | undefined;
}

/**
 * Answers a subscription, and begins to catch up; `caughtUp` rejects only for faults. Rejects with what the client
 * is told: no such topic, no such subject, not for this caller.
 */
export async function subscribe(
  deps: SubscribeDeps,
  request: SubscribeRequest,
): Promise<{ subscription: Subscription; caughtUp: Promise<void> }> {
  const { socket, topic, since } = request;
  const shown = topicOf(deps, topic);
  await requireSight(request, shown);
  const position =
    since !== undefined && (await canResume(deps, since))
      ? await resume(deps, request, since)
      : await begin(deps, request, shown);
  const subscription = { topic: topic.topic, socket, seen: position, isOver: false };
  const newestTold = (): readonly NewEvent[] => shown.newestTold?.(topic.key) ?? [];
  return { subscription, caughtUp: catchUp(deps, subscription, newestTold) };
}

function topicOf({ topics }: SubscribeDeps, { topic, name, key }: TopicName): LiveTopic {
  const known = topics.get(name);
  if (!known) throw unknown(`there is no topic ${name}; there are: ${[...topics.keys()].join(', ')}`);
  if (key === undefined && !known.snapshot) throw unknown(`${topic} needs a subject: ${name}.<id>`);
  if (key !== undefined && !known.snapshotOf) throw unknown(`${name} has no topics of single subjects`);
  return known;
}

function unknown(message: string): AppError {
  return badFrame(message, 'live.unknown-topic');
}

async function requireSight({ caller, topic }: SubscribeRequest, { maySee }: LiveTopic): Promise<void> {
  const allowed = maySee ? await maySee(caller, topic.key) : caller.role !== 'client';
  if (allowed) return;
  const message = `${topic.topic} is not for the role ${caller.role}`;
  throw new AppError(message, { code: 'access.forbidden', kind: 'forbidden' });
}

/** A subject that is gone, or never was, is told here as well. */
async function resume(
  { topics, frame }: SubscribeDeps,
  { socket, topic: { topic, name, key } }: SubscribeRequest,
  since: number,
): Promise<number> {
  if (key !== undefined && (await topics.get(name)?.snapshotOf?.(key)) === undefined) {
    throw new AppError(`There is nothing to follow under ${topic}`, {
      code: `${name}.not-found`,
      kind: 'not-found',
    });
  }
  socket.send(frame(subscribedFrame(topic, since)));
  return since;
}

async function begin(
  { snapshots, frame, meter }: SubscribeDeps,
  { socket, topic, since }: SubscribeRequest,
  shown: LiveTopic,
): Promise<number> {
  const { position, json } = await snapshots.of(topic, shown);
  if (since !== undefined) {
    socket.send(frame(gapFrame(topic.topic)));
    meter.gap();
  }
  socket.send(frame(subscribedFrame(topic.topic, position, json)));
  return position;
}
