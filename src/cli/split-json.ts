/**
 * Cuts a JSON array into its elements, or lines of JSON into its values, as they stand in the text:
 * parsing and writing again would change whole numbers beyond 2^53.
 * Throws `SyntaxError` where the text is no JSON.
 */
export function splitJson(text: string): string[] {
  const trimmed = text.trim();
  if (!trimmed.startsWith('[')) return linesOf(trimmed);
  JSON.parse(trimmed);
  const inside = trimmed.slice(1, -1);
  return inside.trim() === '' ? [] : elementsOf(inside);
}

function linesOf(text: string): string[] {
  const lines = text.split('\n').map((line) => line.trim());
  return lines.filter((line, index) => {
    if (line !== '') parseLine(line, index + 1);
    return line !== '';
  });
}

function parseLine(line: string, number: number): void {
  try {
    JSON.parse(line);
  } catch {
    throw new SyntaxError(`line ${number} is no JSON`);
  }
}

const TOKENS = /"(?:[^"\\]|\\.)*"|[[\]{},]/g;

/** `inside` is known to be legal, so that strings, brackets and commas are all there is to see. */
function elementsOf(inside: string): string[] {
  const elements: string[] = [];
  let depth = 0;
  let start = 0;
  for (const { 0: token, index } of inside.matchAll(TOKENS)) {
    if (token === '[' || token === '{') depth++;
    else if (token === ']' || token === '}') depth--;
    else if (token === ',' && depth === 0) {
      elements.push(inside.slice(start, index).trim());
      start = index + 1;
    }
  }
  elements.push(inside.slice(start).trim());
  return elements;
}
