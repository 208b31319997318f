import { toRfc3339 } from '../../kernel/clock.js';
import type { MessageProperties } from '../../kernel/dead-letter.js';
import { SHOWN_BYTES } from './dead-letters-api.js';
import type { ShownDeadLetter } from './dead-letters-api.js';
import { viewOf } from './dead-letter-view.js';
import type { DeadLetterView } from './dead-letter-view.js';
import type { HistoryEntry, OpenedDeadLetter } from './dead-letters.repository.js';

/** A dead letter with what it holds, secrets hidden. */
export interface DeadLetterOut extends DeadLetterView {
  /** As they came; empty for a task. */
  headers: Record<string, unknown>;
  properties: DeadLetterPropertiesOut;
  /** The message's body or the task's payload, as JSON where it is JSON; null where the task is not kept any more. */
  payload: unknown;
  payload_encoding: 'json' | 'text' | 'base64';
  /** Of the whole payload. */
  payload_bytes: number;
  /** Whether only its first 64 KiB are shown, as text. */
  payload_truncated: boolean;
  /** Oldest first. */
  history: DeadLetterHistoryEntryOut[];
}

/** What a message is published with besides body and headers. */
export interface DeadLetterPropertiesOut {
  message_id?: string;
  correlation_id?: string;
  reply_to?: string;
  type?: string;
  content_type?: string;
  exchange?: string;
  /** There and true where the message may hold a secret: it is kept sealed, replayed as it was, and not shown. */
  sealed?: boolean;
}

export interface DeadLetterHistoryEntryOut {
  at: string;
  action: 'added' | 'replayed' | 'discarded' | 'refused';
  /** The token that did it. */
  by: string;
  reason: string | null;
  detail: string | null;
}

/** Gives somebody's text without its secrets, and changes nothing else. */
export type HideSecrets = (text: string) => string;

interface Payload {
  /** JSON text of what is shown. */
  json: string;
  encoding: DeadLetterOut['payload_encoding'];
  bytes: number;
  truncated: boolean;
}

/** JSON text of a `DeadLetterOut`: what is JSON goes in as it stands, so that its numbers keep every digit. */
export function shownLetter({ letter, taskPayload, history }: ShownDeadLetter, hide: HideSecrets): string {
  const { json, encoding, bytes, truncated } =
    letter.kind === 'task' ? payloadOfTask(taskPayload, hide) : payloadOfMessage(letter, hide);
  const head = { ...viewOf(letter), properties: propertiesOf(letter.properties) };
  const tail = {
    payload_encoding: encoding,
    payload_bytes: bytes,
    payload_truncated: truncated,
    history: history.map(entryOf),
  };
  const headers = letter.headers === null ? '{}' : jsonOr(hide(letter.headers), '{}');
  return `${JSON.stringify(head).slice(0, -1)},"headers":${headers},"payload":${json},${JSON.stringify(tail).slice(1)}`;
}

function payloadOfTask(payload: string | undefined, hide: HideSecrets): Payload {
  if (payload === undefined) return { json: 'null', encoding: 'json', bytes: 0, truncated: false };
  const shown = payload.slice(0, SHOWN_BYTES);
  const truncated = shown.length < payload.length;
  return textPayload(shown, { bytes: Buffer.byteLength(payload), truncated }, hide);
}

function payloadOfMessage({ body, bodyBytes, properties }: OpenedDeadLetter, hide: HideSecrets): Payload {
  if (properties.sealed) return { json: '"[sealed]"', encoding: 'text', bytes: bodyBytes, truncated: false };
  const shown = body ?? Buffer.alloc(0);
  const size = { bytes: bodyBytes, truncated: shown.length < bodyBytes };
  const text = decoded(shown, size.truncated);
  if (text !== undefined) return textPayload(text, size, hide);
  // Letters among other bytes are letters in base64 too.
  const hidden = Buffer.from(hide(shown.toString('latin1')), 'latin1');
  return { json: `"${hidden.toString('base64')}"`, encoding: 'base64', ...size };
}

/** Undefined where the bytes are no UTF-8; a character that was cut at the end is left out. */
function decoded(bytes: Buffer, truncated: boolean): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes, { stream: truncated });
  } catch {
    return undefined;
  }
}

function textPayload(text: string, size: Pick<Payload, 'bytes' | 'truncated'>, hide: HideSecrets): Payload {
  const hidden = hide(text);
  if (!size.truncated && isJson(hidden)) return { json: hidden, encoding: 'json', ...size };
  return { json: JSON.stringify(hidden), encoding: 'text', ...size };
}

function jsonOr(text: string, otherwise: string): string {
  return isJson(text) ? text : otherwise;
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

function propertiesOf(properties: MessageProperties): DeadLetterPropertiesOut {
  const { messageId, correlationId, replyTo, type, contentType, exchange, sealed } = properties;
  return {
    ...(messageId === undefined ? {} : { message_id: messageId }),
    ...(correlationId === undefined ? {} : { correlation_id: correlationId }),
    ...(replyTo === undefined ? {} : { reply_to: replyTo }),
    ...(type === undefined ? {} : { type }),
    ...(contentType === undefined ? {} : { content_type: contentType }),
    ...(exchange === undefined ? {} : { exchange }),
    ...(sealed && { sealed }),
  };
}

function entryOf(entry: HistoryEntry): DeadLetterHistoryEntryOut {
  return { ...entry, at: toRfc3339(entry.at) };
}
