import { AppError } from '../../kernel/errors.js';
import { parseTopic, type TopicName } from './topic-name.js';

/** What a client may ask. Members that are not known are ignored. */
export type ClientFrame =
  | { op: 'auth'; token: string }
  | { op: 'subscribe'; topic: TopicName; since: number | undefined }
  | { op: 'unsubscribe'; topic: TopicName }
  | { op: 'ping' };

/** An event id as the server gave it: a position, and for events that are not stored what follows it. */
const EVENT_ID = /^(\d{1,15})(?:-[0-9a-f-]{36})?$/;
const SHOWN_CHARS = 64;

/** Throws what the client is told where a frame is none of these. */
export function parseClientFrame(text: string): ClientFrame {
  const frame = parseObject(text);
  switch (frame['op']) {
    case 'auth':
      return { op: 'auth', token: textOf(frame, 'token') };
    case 'subscribe':
      return { op: 'subscribe', topic: topicOf(frame), since: sinceOf(frame) };
    case 'unsubscribe':
      return { op: 'unsubscribe', topic: topicOf(frame) };
    case 'ping':
      return { op: 'ping' };
    default:
      throw badFrame(`op must be auth, subscribe, unsubscribe or ping, got ${shown(frame['op'])}`);
  }
}

/** What the client did wrong; ten in a row end its connection. */
export function badFrame(message: string, code = 'live.bad-frame'): AppError {
  return new AppError(message, { code, kind: 'invalid' });
}

function parseObject(text: string): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw badFrame('a frame must be JSON');
  }
  if (typeof value === 'object' && value !== null && !Array.isArray(value))
    return value as Record<string, unknown>;
  throw badFrame(`a frame must be a JSON object, got ${shown(value)}`);
}

function textOf(frame: Record<string, unknown>, key: string): string {
  const value = frame[key];
  if (typeof value === 'string') return value;
  // A token may stand there as a number by mistake: what came is not repeated.
  throw badFrame(`${key} must be a string`);
}

function topicOf(frame: Record<string, unknown>): TopicName {
  const text = textOf(frame, 'topic');
  const topic = parseTopic(text);
  if (topic) return topic;
  throw badFrame(`topic must be a name like tasks or tasks.<id>, got ${shown(text)}`);
}

function sinceOf({ since }: Record<string, unknown>): number | undefined {
  if (since === undefined || since === null) return undefined;
  const position = typeof since === 'string' ? EVENT_ID.exec(since)?.[1] : undefined;
  if (position === undefined)
    throw badFrame(`since must be the id of an event as it was given, got ${shown(since)}`);
  return Number(position);
}

function shown(value: unknown): string {
  if (typeof value === 'object' && value !== null) return Array.isArray(value) ? 'an array' : 'an object';
  const text = value === undefined ? 'nothing' : JSON.stringify(value);
  return text.length > SHOWN_CHARS ? `${text.slice(0, SHOWN_CHARS)}…` : text;
}
