import { AppError } from '../../kernel/errors.js';

/** The frames that the server sends, as JSON text. */
export const READY = '{"op":"ready"}';
/** For clients that see no pings of the protocol: those in browsers. */
export const PONG = '{"op":"pong"}';

/** Without `snapshot` where the subscriber resumes: it has seen all up to `lastEventId`. */
export function subscribedFrame(topic: string, lastEventId: number, snapshot?: string): string {
  const seen = `{"op":"subscribed","topic":${JSON.stringify(topic)},"last_event_id":"${lastEventId}"`;
  return snapshot === undefined ? `${seen}}` : `${seen},"snapshot":${snapshot}}`;
}

export function unsubscribedFrame(topic: string): string {
  return `{"op":"unsubscribed","topic":${JSON.stringify(topic)}}`;
}

/** `event`: a CloudEvent as JSON text. */
export function eventFrame(topic: string, event: string): string {
  return `{"op":"event","topic":${JSON.stringify(topic)},"event":${event}}`;
}

export function gapFrame(topic: string): string {
  return `{"op":"gap","topic":${JSON.stringify(topic)}}`;
}

/** `retryable`: the same frame may be answered well later. What is no `AppError` shows nothing of itself. */
export function errorFrame(error: unknown, topic?: string): string {
  const known = error instanceof AppError ? error : undefined;
  return JSON.stringify({
    op: 'error',
    code: known?.code ?? 'internal',
    message: known?.message ?? 'Something went wrong here',
    retryable: known?.retryable ?? true,
    topic,
  });
}
