import { readTopLevelToken } from '../../kernel/raw-json.js';

const STRING_OR_NUMBER = /^["\d-]/;

/** The raw `correlation_id` of a job that is too large to be taken; undefined where it has none, or is no JSON. For a thread. */
export function readJobCorrelationId(body: Uint8Array): string | undefined {
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(body);
    JSON.parse(text);
    const token = readTopLevelToken(text, 'correlation_id');
    return token !== undefined && STRING_OR_NUMBER.test(token) ? token : undefined;
  } catch {
    return undefined;
  }
}
