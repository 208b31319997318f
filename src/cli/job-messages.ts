import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { messageOf } from '../kernel/errors.js';
import { CliError } from './cli-error.js';
import { EXIT } from './exit-codes.js';
import { splitJson } from './split-json.js';

/** A message to be sent, and the correlation id in its body by which an answer is told. */
export interface JobMessage {
  body: string;
  key: string;
}

/** Correlation ids as a map knows them. Numbers beyond 2^53 may fall together; then any answer serves any of them. */
export function correlationKey(body: object): string {
  const id = (body as { correlation_id?: unknown }).correlation_id;
  return JSON.stringify(id ?? null);
}

/** Endless for its reader: message `index` of a run that asks for `phones`. */
export function generatedMessages(phones: readonly number[]): (index: number) => JobMessage {
  const run = randomUUID();
  return (index) => {
    const body = { correlation_id: `${run}-${index}`, phones };
    return { body: JSON.stringify(body), key: correlationKey(body) };
  };
}

/** The messages of a file: a JSON array, or one JSON object a line. Those without a correlation id get one. */
export async function readMessages(file: string): Promise<JobMessage[]> {
  const texts = await readTexts(file);
  if (texts.length === 0) throw new CliError(`${file} has no message`, EXIT.usage);
  return texts.map((text, index) => messageFrom(text, `message ${index + 1} of ${file}`));
}

async function readTexts(file: string): Promise<string[]> {
  try {
    return splitJson(await readFile(file, 'utf8'));
  } catch (error) {
    const why =
      error instanceof SyntaxError ? 'is neither a JSON array nor one JSON object a line' : 'cannot be read';
    throw new CliError(`${file} ${why}`, EXIT.usage, [messageOf(error)]);
  }
}

function messageFrom(text: string, what: string): JobMessage {
  const body: unknown = JSON.parse(text);
  if (typeof body !== 'object' || body === null || Array.isArray(body)) {
    throw new CliError(`${what} is no object`, EXIT.usage);
  }
  if ('correlation_id' in body) return { body: text, key: correlationKey(body) };
  const id = JSON.stringify(randomUUID());
  const rest = text.slice(1).trimStart();
  return { body: `{"correlation_id":${id}${rest.startsWith('}') ? '' : ','}${rest}`, key: id };
}
