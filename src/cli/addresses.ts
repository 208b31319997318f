import { CliError } from './cli-error.js';
import { EXIT } from './exit-codes.js';

// Addresses are not checked by commander's parsers, whose messages quote what came: it may hold a password.

/** `host:port` or an http(s) URL, as the base that paths are added to. `from` names where it was given. */
export function serviceUrl(text: string, from: string): URL {
  const full = /^[a-z][a-z0-9+.-]*:\/\//i.test(text) ? text : `http://${text}`;
  const url = URL.canParse(full) ? new URL(full) : undefined;
  if (!url || !/^https?:$/.test(url.protocol)) {
    throw new CliError(`${from} must be an address such as 127.0.0.1:8000 or https://host:8443`, EXIT.usage);
  }
  if (url.username || url.password || url.search || url.hash) {
    throw new CliError(`${from} must have no user, password or query; a token goes to --token`, EXIT.usage);
  }
  return url;
}

export function amqpUrl(text: string, from: string): string {
  if (URL.canParse(text) && /^amqps?:\/\/./.test(text)) return text;
  throw new CliError(`${from} must be an amqp:// or amqps:// URL`, EXIT.usage);
}
