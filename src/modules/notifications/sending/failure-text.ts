import { messageOf } from '../../../kernel/errors.js';

/** What the codes of Node, undici and OpenSSL mean, for people. */
const MEANINGS: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'the connection was refused',
  ECONNRESET: 'the connection was reset',
  EPIPE: 'the connection was reset',
  UND_ERR_SOCKET: 'the connection was closed before an answer came',
  ENOTFOUND: 'the host name is not known',
  EAI_AGAIN: 'the host name could not be resolved at the moment',
  EHOSTUNREACH: 'the host cannot be reached',
  ENETUNREACH: 'the network cannot be reached',
  ETIMEDOUT: 'the connection timed out',
  UND_ERR_CONNECT_TIMEOUT: 'the connection timed out',
  UND_ERR_HEADERS_TIMEOUT: 'no answer came in time',
  PRIVATE_ADDRESS: 'the address is private, loopback or link-local, and its network is not allowed',
};

/** Why a request got no answer; neither its URL nor what was sent is in it. */
export function failureText(error: unknown): string {
  const code = codeOf(error);
  if (code === undefined) return 'the request failed';
  const meaning = MEANINGS[code];
  if (meaning !== undefined) return `${meaning} (${code})`;
  if (/CERT|SSL|TLS|ALTNAME|SELF_SIGNED/.test(code))
    return `the certificate or TLS is not as it must be (${code})`;
  if (code.startsWith('HPE_')) return `the answer is no HTTP (${code})`;
  return `the request failed (${code})`;
}

function codeOf(error: unknown): string | undefined {
  // Several addresses were tried: the first says it.
  const first = error instanceof AggregateError ? (error.errors[0] as unknown) : error;
  if (typeof first !== 'object' || first === null) return undefined;
  if ('code' in first && typeof first.code === 'string') return first.code.slice(0, 64);
  if ('cause' in first && first.cause !== undefined) return codeOf(first.cause);
  return messageOf(first) === 'terminated' ? 'UND_ERR_SOCKET' : undefined;
}
