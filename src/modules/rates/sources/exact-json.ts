const STRING_OR_NUMBER = /"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g;

/** JSON with every number as the text that stood there, so that no digit is lost. Undefined for what is no JSON. */
export function parseExactly(json: string): unknown {
  try {
    JSON.parse(json);
    return JSON.parse(
      json.replace(STRING_OR_NUMBER, (token) => (token.startsWith('"') ? token : `"${token}"`)),
    );
  } catch {
    return undefined;
  }
}
