import { isUtf8 } from 'node:buffer';
import { readTopLevelToken } from '../../../kernel/raw-json.js';

/** A sensor said how it is. */
export interface StatusEvent {
  sensorId: string;
  status: string;
  /** Epoch ms. */
  at: number;
  /** JSON text as it came; null where there was none. */
  payload: string | null;
}

/** Why something is no event. */
export interface Fault {
  reason: 'invalid-json' | 'not-an-object' | 'invalid-event' | 'too-large';
  detail: string;
}

export const MOST_PAYLOAD_BYTES = 16 * 1024;
/** A payload as large as may be, with its digits spelled out and all else around it. */
const MOST_MESSAGE_BYTES = 64 * 1024;
const MOST_STATUS_CHARS = 64;
const LAST_INSTANT = 253_402_300_799_999;

const WORD = /^[^\s\p{C}]{1,64}$/u;
const PLAIN_WORD = /^[\w.:-]{1,64}$/;
const RFC3339 = /^\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d(\.\d{1,9})?([Zz]|[+-]\d\d:\d\d)$/;

/** Reads an event out of the bytes of a message or of a line. */
export function parseStatusEvent(bytes: Buffer): StatusEvent | Fault {
  if (bytes.length > MOST_MESSAGE_BYTES) {
    return {
      reason: 'too-large',
      detail: `must be at most ${MOST_MESSAGE_BYTES} bytes, got ${bytes.length}`,
    };
  }
  if (!isUtf8(bytes)) return { reason: 'invalid-json', detail: 'must be JSON in UTF-8' };
  const text = bytes.toString('utf8');
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return { reason: 'invalid-json', detail: 'must be JSON in UTF-8' };
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return { reason: 'not-an-object', detail: `must be a JSON object, got ${kindOf(value)}` };
  }
  const fields = value as Record<string, unknown>;
  const payload = fields['payload'] === undefined ? null : (readTopLevelToken(text, 'payload') ?? null);
  return readStatusEvent({ ...fields, payload });
}

/** The same of fields that were read before; the payload is JSON text. */
export function readStatusEvent(fields: {
  sensor_id?: unknown;
  status?: unknown;
  at?: unknown;
  payload: string | null;
}): StatusEvent | Fault {
  const { sensor_id: sensorId, status, payload } = fields;
  if (typeof sensorId !== 'string' || sensorId.length === 0 || sensorId.length > 64) {
    return invalid(`/sensor_id must be 1 to 64 characters, got ${kindOf(sensorId)}`);
  }
  if (typeof status !== 'string' || !isStatus(status)) {
    return invalid(`/status must be a word of 1 to ${MOST_STATUS_CHARS} characters, got ${kindOf(status)}`);
  }
  const at = instantOf(fields.at);
  if (at === undefined) return invalid(`/at must be RFC 3339 or epoch ms, got ${kindOf(fields.at)}`);
  if (payload !== null && payload.length * 3 > MOST_PAYLOAD_BYTES) {
    const bytes = Buffer.byteLength(payload);
    if (bytes > MOST_PAYLOAD_BYTES) {
      return invalid(`/payload must be at most ${MOST_PAYLOAD_BYTES} bytes, got ${bytes}`);
    }
  }
  return { sensorId: sensorId.toLowerCase(), status, at, payload };
}

/** A word: no space, no control character, nothing that is no text. */
export function isStatus(text: string): boolean {
  return PLAIN_WORD.test(text) || WORD.test(text);
}

/** RFC 3339, or whole epoch ms; undefined for anything else. */
export function instantOf(value: unknown): number | undefined {
  const at = typeof value === 'string' && RFC3339.test(value) ? Date.parse(value) : value;
  return Number.isSafeInteger(at) && (at as number) >= 0 && (at as number) <= LAST_INSTANT
    ? (at as number)
    : undefined;
}

export function isFault(judged: StatusEvent | Fault): judged is Fault {
  return 'reason' in judged;
}

function invalid(detail: string): Fault {
  return { reason: 'invalid-event', detail };
}

/** What came, without its content: it may be anything, and ends in dead letters and logs. */
function kindOf(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'an array';
  if (typeof value === 'string') return `a text of ${value.length} characters`;
  return typeof value === 'number' ? `the number ${value}` : `a ${typeof value}`;
}
