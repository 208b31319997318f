import { readFile } from 'node:fs/promises';

/** A block of a document that is marked to be run, and what the document says it prints. */
export interface DocExample {
  /** Path and line of the block. */
  place: string;
  command: string;
  /** The `json` or `text` block right behind it, if there is one. */
  printed: { language: string; text: string } | undefined;
}

/** An invisible line before the block: a reader sees a plain example. */
const EXAMPLE =
  /<!-- run -->\n+```sh\n(?<command>.*?)\n```(?:\n(?:\n[^\n`]*\n)?\n?```(?<language>json|text)\n(?<text>.*?)\n```)?/gs;

export async function docExamples(path: string): Promise<DocExample[]> {
  const document = await readFile(path, 'utf8');
  return [...document.matchAll(EXAMPLE)].map((match) => {
    const { command = '', language, text } = match.groups ?? {};
    const line = document.slice(0, match.index).split('\n').length + 1;
    const printed = language && text !== undefined ? { language, text } : undefined;
    return { place: `${path}:${line}`, command, printed };
  });
}

/** Members whose values differ from run to run; they are compared by their kind alone. */
const VARYING = new Set(['received', 'completed', 'total_duration', 'task_id', 'request_id', 'instance']);

/** A JSON value with its varying members replaced by the names of their types. */
export function steady(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(steady);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, member]) => [key, VARYING.has(key) ? typeof member : steady(member)]),
  );
}
