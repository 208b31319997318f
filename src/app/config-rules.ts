import { isIP } from 'node:net';
import { parseSealKeys } from '../platform/seal/seal-keys.js';
import type { SealKey } from '../platform/seal/seal-keys.js';
import { isCron } from '../platform/schedule/index.js';

/** How the text of one key becomes a value. */
export interface Rule<T> {
  /** What a legal value is, for messages and documentation; never what came. */
  readonly expected: string;
  /** `undefined` where the text is not legal. `text` is trimmed and not empty. */
  readonly parse: (text: string) => T | undefined;
  /** Never shown, and readable from the file that `KEY_FILE` names. */
  readonly secret: boolean;
  /** Whether it may be unset; then its value is `null`. */
  readonly optional: boolean;
}

function rule<T>(expected: string, parse: (text: string) => T | undefined): Rule<T> {
  return { expected, parse, secret: false, optional: false };
}

export function optional<T>(inner: Rule<T>): Rule<T | null> {
  return { ...inner, optional: true };
}

export function wholeNumber(min: number, max: number): Rule<number> {
  return rule(`a whole number from ${min} to ${max}`, (text) => {
    if (!/^\d{1,15}$/.test(text)) return undefined;
    const value = Number(text);
    return value >= min && value <= max ? value : undefined;
  });
}

export function oneOf<const T extends string>(...choices: readonly [T, T, ...T[]]): Rule<T> {
  const expected = `${choices.slice(0, -1).join(', ')} or ${choices.at(-1)}`;
  return rule(expected, (text) => choices.find((choice) => choice === text.toLowerCase()));
}

export function onOff(): Rule<boolean> {
  const choice = oneOf('on', 'off');
  return rule(choice.expected, (text) => {
    const found = choice.parse(text);
    return found && found === 'on';
  });
}

export function path(): Rule<string> {
  return rule('a path', (text) => (text.includes('\0') ? undefined : text));
}

const HOST_NAME = /^(?=.{1,253}$)[a-z0-9_]([a-z0-9_-]{0,62})(\.[a-z0-9_]([a-z0-9_-]{0,62}))*\.?$/i;

export function host(): Rule<string> {
  return rule('an IP address or a host name', (text) => {
    if (isIP(text)) return text;
    return HOST_NAME.test(text) && !/^[\d.]+$/.test(text) ? text : undefined;
  });
}

/** A URL with credentials in it, most often. */
export function secretUrl(...schemes: readonly [string, string]): Rule<string | null> {
  const an = /^[aeiou]/.test(schemes[0]) ? 'an' : 'a';
  const expected = `${an} ${schemes.map((scheme) => `${scheme}://`).join(' or ')} URL`;
  const parse = (text: string): string | undefined => {
    const url = URL.canParse(text) ? new URL(text) : undefined;
    return url && schemes.includes(url.protocol.slice(0, -1)) && /^\w+:\/\/./.test(text) ? text : undefined;
  };
  return { expected, parse, secret: true, optional: true };
}

/** A service of others that is called at paths below this one. */
export function serviceUrl(): Rule<string> {
  const { parse } = plainUrl('https', 'http');
  return rule('an http:// or https:// URL without credentials', (text) => {
    const isBase = parse(text) !== undefined && !/[?#]/.test(text);
    return isBase ? text.replace(/\/+$/, '') : undefined;
  });
}

export function sealKeys(): Rule<readonly SealKey[] | null> {
  const expected = 'id:key pairs with keys of 32 bytes in base64, separated by commas';
  return { expected, parse: parseSealKeys, secret: true, optional: true };
}

/** A URL that may be shown: without user name and password. */
export function plainUrl(...schemes: readonly [string, string]): Rule<string> {
  const expected = `${schemes.map((scheme) => `${scheme}://`).join(' or ')} with a host, without user name and password`;
  return rule(expected, (text) => {
    const url = URL.canParse(text) ? new URL(text) : undefined;
    if (!url || !schemes.includes(url.protocol.slice(0, -1)) || !/^\w+:\/\/./.test(text)) return undefined;
    return url.username === '' && url.password === '' ? text : undefined;
  });
}

export function secretText(): Rule<string | null> {
  const parse = (text: string): string | undefined => (PRINTABLE.test(text) ? text : undefined);
  return { expected: '1 to 255 printable characters', parse, secret: true, optional: true };
}

export function currency(): Rule<string> {
  return rule('a currency of 2 to 10 letters, like RUB', (text) =>
    /^[A-Za-z]{2,10}$/.test(text) ? text.toUpperCase() : undefined,
  );
}

/** A text that nobody must see, of a form that can be told. */
export function secretOfForm(expected: string, form: RegExp): Rule<string | null> {
  const parse = (text: string): string | undefined => (form.test(text) ? text : undefined);
  return { expected, parse, secret: true, optional: true };
}

const PRINTABLE = /^[\x21-\x7e]{1,255}$/;

export function queueName(): Rule<string> {
  return rule('a queue name of 1 to 255 printable characters that does not start with amq.', (text) =>
    PRINTABLE.test(text) && !text.startsWith('amq.') ? text : undefined,
  );
}

/** Six fields, or five without the seconds. */
export function cron(): Rule<string> {
  return rule('a cron expression, seconds first', (text) => (isCron(text) ? text : undefined));
}

export function prefixes(): Rule<readonly string[]> {
  return list('texts of 1 to 255 printable characters', (item) => PRINTABLE.test(item));
}

export function origins(): Rule<readonly string[]> {
  return list(
    'origins like https://example.org',
    (item) => URL.canParse(item) && new URL(item).origin === item,
  );
}

export function networks(): Rule<readonly string[]> {
  return list('IP addresses or CIDR ranges', isNetwork);
}

function isNetwork(item: string): boolean {
  const [address = '', bits, ...rest] = item.split('/');
  const family = isIP(address);
  if (family === 0 || rest.length > 0) return false;
  return bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= (family === 4 ? 32 : 128));
}

/** Separated by commas; unset is the empty list. */
function list(items: string, isItem: (item: string) => boolean): Rule<readonly string[]> {
  return rule(`${items}, separated by commas`, (text) => {
    const found = text.split(',').map((item) => item.trim());
    return found.every(isItem) ? found : undefined;
  });
}
