import { readTopLevelToken } from '../kernel/raw-json.js';
import type { ApiClient } from './api-client.js';
import type { ApiBulk, ApiDeadLetter, ApiOpenedLetter } from './api-types.js';

/** Fields of the API's filters; none finds all. */
export interface LetterFilter {
  kind?: 'message' | 'task';
  source?: string;
  reason?: string;
  /** RFC 3339. */
  from?: string;
  to?: string;
}

const PATH = '/api/v1/dead-letters';
const PAGE = 1_000;

/** Newest first, page by page. */
export async function listLetters(
  client: ApiClient,
  query: LetterFilter & { status?: string },
  limit: number,
): Promise<ApiDeadLetter[]> {
  const letters: ApiDeadLetter[] = [];
  let cursor: string | null = null;
  do {
    const wanted = Math.min(PAGE, limit - letters.length);
    const search = new URLSearchParams({
      ...query,
      limit: String(wanted),
      ...(cursor === null ? {} : { cursor }),
    });
    const { value } = await client.json(`${PATH}?${search.toString()}`);
    const page = value as { items: ApiDeadLetter[]; next_cursor: string | null };
    letters.push(...page.items);
    cursor = page.next_cursor;
  } while (cursor !== null && letters.length < limit);
  return letters;
}

/** `payload` is shown as it came: its numbers may be larger than JavaScript's. */
export async function showLetter(
  client: ApiClient,
  id: string,
): Promise<{ text: string; letter: ApiOpenedLetter; payload: string }> {
  const { text, value } = await client.json(`${PATH}/${encodeURIComponent(id)}`);
  const letter = value as ApiOpenedLetter;
  const raw = readTopLevelToken(text, 'payload') ?? 'null';
  return { text, letter, payload: letter.payload_encoding === 'json' ? raw : String(letter.payload) };
}

export async function actOnOne(
  client: ApiClient,
  action: 'replay' | 'discard',
  id: string,
  reason: string | undefined,
): Promise<ApiDeadLetter> {
  const path = `${PATH}/${encodeURIComponent(id)}/${action}`;
  const body = action === 'discard' ? { body: { reason } } : {};
  return (await client.json(path, { method: 'POST', once: true, ...body })).value as ApiDeadLetter;
}

/** Safe to be made again: letters that a bulk has are not found by the next. */
export async function planBulk(
  client: ApiClient,
  action: 'replay' | 'discard',
  body: { filter: LetterFilter; dry_run: boolean } & Record<string, unknown>,
): Promise<ApiBulk> {
  return (await client.json(`${PATH}/${action}`, { method: 'POST', body })).value as ApiBulk;
}

/** Resolves to the number of letters that wait on. */
export async function stopBulks(client: ApiClient): Promise<number> {
  const { value } = await client.json(`${PATH}/stop`, { method: 'POST' });
  return (value as { stopped: number }).stopped;
}
