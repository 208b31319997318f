import { withoutCredentials } from './clean-text.js';
import { isSecret } from './secret-keys.js';

const HIDDEN = '[redacted]';
/** Strings, the marks that shape JSON, and what stands between them; an end that was cut off is a string too. */
const TOKEN = /"(?:[^"\\]|\\[^])*(?:"|\\?$)|[[\]{}:,]|[^\s"[\]{}:,]+/g;
const DEEPER = new Set(['{', '[']);
const SHALLOWER = new Set(['}', ']']);

/** A key begins where no other character of one stands before. */
const ASSIGNED = /(?<![\w.-])([\w.-]{1,64})(["']?[ \t]{0,8}=[ \t]{0,8})("[^"]*"?|'[^']*'?|[^\s&,;"'<>]+)/g;
const NAMED = /(?<![\w.-])([\w.-]{1,64})["']?[ \t]{0,8}:[ \t]{0,8}/g;
const LINE = /[^\r\n]+/g;
const ELEMENT = /(<([\w.:-]{1,64})(?:\s[^<>]{0,256})?>)([^<]*)/g;

/**
 * Somebody's text as it may be shown: values under keys that name a secret, at any depth, credentials in URLs and
 * bearer tokens are replaced, and nothing else changes, so that JSON keeps its numbers to the last digit. Text that is
 * no JSON, or a part of one, is treated alike as far as its keys can be told.
 */
export function hideSecrets(text: string): string {
  const open = withoutCredentials(text);
  const start = open.trimStart()[0];
  return start === '{' || start === '[' || start === '"' ? hideInJson(open) : hideInText(open);
}

function hideInText(text: string): string {
  return text
    .replace(ASSIGNED, (all, key: string, mark: string, value: string) =>
      isSecret(key, value) ? `${key}${mark}${HIDDEN}` : all,
    )
    .replace(ELEMENT, (all, tag: string, name: string, value: string) =>
      isSecret(name, value) ? `${tag}${HIDDEN}` : all,
    )
    .replace(LINE, (line) => hideAfterColon(line));
}

/** `password: two words`: nobody can tell where such a value ends, so the rest of the line goes with it. */
function hideAfterColon(line: string): string {
  for (const { 0: all, 1: key = '', index } of line.matchAll(NAMED)) {
    if (isSecret(key, line)) return `${line.slice(0, index + all.length)}${HIDDEN}`;
  }
  return line;
}

function hideInJson(text: string): string {
  let shown = '';
  let from = 0;
  let last = '';
  let key: string | undefined;
  let hiddenDepth = 0;
  for (const { 0: token, index } of text.matchAll(TOKEN)) {
    if (hiddenDepth > 0) {
      hiddenDepth += depthOf(token);
      if (hiddenDepth === 0) from = index + token.length;
      continue;
    }
    if (key !== undefined && isSecret(key, DEEPER.has(token) ? {} : valueOf(token))) {
      shown += `${text.slice(from, index)}"${HIDDEN}"`;
      from = index + token.length;
      hiddenDepth = depthOf(token);
    }
    key = token === ':' ? keyOf(last) : undefined;
    last = token;
  }
  return hiddenDepth > 0 ? shown : shown + text.slice(from);
}

function depthOf(token: string): number {
  if (DEEPER.has(token)) return 1;
  return SHALLOWER.has(token) ? -1 : 0;
}

function keyOf(token: string): string {
  const value = valueOf(token);
  return typeof value === 'string' ? value : token;
}

/** What is no whole JSON value counts as text. */
function valueOf(token: string): unknown {
  try {
    return JSON.parse(token) as unknown;
  } catch {
    return token;
  }
}
