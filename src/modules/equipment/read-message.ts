const utf8 = new TextDecoder('utf-8', { fatal: true });

/** A message's body as a JSON object, or why it is none. */
export type ReadMessage =
  { ok: true; value: Record<string, unknown> } | { ok: false; reason: string; detail: string };

export function readMessage(body: Buffer, mostBytes: number): ReadMessage {
  if (body.length > mostBytes) {
    return {
      ok: false,
      reason: 'too-large',
      detail: `must be at most ${mostBytes} bytes, got ${body.length}`,
    };
  }
  let value: unknown;
  try {
    value = JSON.parse(utf8.decode(body));
  } catch {
    return { ok: false, reason: 'invalid-json', detail: 'must be JSON in UTF-8' };
  }
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
    return { ok: true, value: value as Record<string, unknown> };
  }
  return { ok: false, reason: 'not-an-object', detail: 'must be a JSON object' };
}
