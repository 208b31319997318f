import type { LookupAddress, LookupOptions } from 'node:dns';
import { isIP } from 'node:net';
import { Webhook } from 'standardwebhooks';
import { Pool, buildConnector } from 'undici';
import type { Clock } from '../../../kernel/clock.js';
import { PrivateAddressError } from '../endpoints/address-guard.client.js';
import type { AddressGuard } from '../endpoints/address-guard.client.js';
import { Exchange, NoAnswerError } from './exchange.js';
import type { ExchangeEnd } from './exchange.js';
import { retryAfterMs } from './retry-schedule.js';
import { failureText } from './failure-text.js';
import type { Answer, Post, WebhookClient } from './webhook-client.js';

export interface WebhookClientDeps {
  clock: Clock;
  guard: AddressGuard;
  /** `Switchyard/0.1.0`. */
  userAgent: string;
  /** From the first byte to the status. */
  timeoutMs: number;
  /** PEM of certificate authorities beside the known ones. */
  ca?: string;
}

/** A receiver that has answered may take this long to give the beginning of its body. */
const EXCERPT_MS = 2_000;
const IDLE_SOCKET_MS = 4_000;

/** Posts by undici: for each endpoint connections of its own, so that none waits for another's. */
export function createWebhookClient(deps: WebhookClientDeps): WebhookClient {
  const { clock, timeoutMs } = deps;
  const connect = createConnector(deps);
  const underWay = new Set<Exchange>();
  const pools = new Map<string, { origin: string; pool: Pool }>();

  function poolOf(endpoint: string, origin: string): Pool {
    const known = pools.get(endpoint);
    if (known?.origin === origin) return known.pool;
    void known?.pool.destroy();
    const pool = new Pool(origin, {
      connect,
      keepAliveTimeout: IDLE_SOCKET_MS,
      headersTimeout: 2 * timeoutMs,
      bodyTimeout: 2 * timeoutMs,
    });
    pools.set(endpoint, { origin, pool });
    return pool;
  }

  function post({ endpoint, url, id, body, secrets }: Post): Exchange {
    const { origin, pathname, search } = new URL(url);
    const seconds = Math.floor(clock.now() / 1000);
    const headers = {
      'content-type': 'application/cloudevents+json; charset=utf-8',
      'user-agent': deps.userAgent,
      'webhook-id': id,
      'webhook-timestamp': String(seconds),
      'webhook-signature': signatures(secrets, id, new Date(seconds * 1000), body),
    };
    const exchange = new Exchange({ clock, timeoutMs, excerptMs: EXCERPT_MS });
    const path = `${pathname}${search}`;
    poolOf(endpoint, origin).dispatch({ method: 'POST', path, headers, body }, exchange);
    return exchange;
  }

  function answerOf({ status, headers, excerpt }: ExchangeEnd): Answer {
    const wanted = [headers['retry-after']].flat()[0];
    const pauseMs = retryAfterMs(wanted, clock.now());
    return pauseMs === undefined ? { status, excerpt } : { status, excerpt, retryAfterMs: pauseMs };
  }

  return {
    async send(request) {
      const exchange = post(request);
      underWay.add(exchange);
      try {
        return answerOf(await exchange.ended);
      } catch (error) {
        const isLate = error instanceof NoAnswerError;
        return { error: isLate ? `no answer within ${timeoutMs / 1000} s` : failureText(error) };
      } finally {
        underWay.delete(exchange);
      }
    },
    cutOff: () => underWay.forEach((exchange) => exchange.cutOff()),
    forget(endpoint) {
      const known = pools.get(endpoint);
      pools.delete(endpoint);
      void known?.pool.destroy();
    },
    async stop() {
      const all = [...pools.values()];
      pools.clear();
      await Promise.all(all.map(({ pool }) => pool.destroy()));
    },
  };
}

/** One for each secret in force, separated by spaces, as Standard Webhooks has it for rotations. */
function signatures(secrets: readonly string[], id: string, at: Date, body: string): string {
  return secrets.map((secret) => new Webhook(secret).sign(id, at, body)).join(' ');
}

/**
 * Looks at the address that a connection is made to, at that moment: a name may lead elsewhere than when it was saved.
 * Node connects to what the lookup gives, so what was looked at is what is connected to.
 */
function createConnector({ guard, timeoutMs, ca }: WebhookClientDeps): buildConnector.connector {
  const connect = buildConnector({
    timeout: timeoutMs,
    maxCachedSessions: 1_000,
    ...(ca === undefined ? {} : { ca }),
    lookup: (hostname: string, options: LookupOptions, done: LookupDone) => {
      guard.resolve(hostname).then(
        (found) => {
          if (options.all) return done(null, [...found]);
          const first = found.find(({ family }) => !options.family || family === options.family) ?? found[0]!;
          return done(null, first.address, first.family);
        },
        (error: unknown) => done(error as NodeJS.ErrnoException, []),
      );
    },
  });
  return (options, callback) => {
    // An address in the URL is connected to without a lookup.
    const literal = options.hostname.replace(/^\[(.*)\]$/, '$1');
    if (isIP(literal) === 0 || guard.allows(literal)) return connect(options, callback);
    callback(new PrivateAddressError(), null);
  };
}

type LookupDone = (
  error: NodeJS.ErrnoException | null,
  address: string | LookupAddress[],
  family?: number,
) => void;
