import { X509Certificate } from 'node:crypto';
import { checkServerIdentity } from 'node:tls';
import type { PeerCertificate } from 'node:tls';
import { Pool } from 'undici';
import type { Clock } from '../../../kernel/clock.js';
import { createCall } from './provisioning-call.client.js';
import type { CallOutcome } from './provisioning-answer.js';

export interface ProvisioningClientOptions {
  /** Base URL, without a slash at its end. */
  url: string;
  /** PEM of the certificates that alone are trusted; `null`: those that Node.js trusts. */
  ca: string | null;
  /** Calls at the same time, each over a connection of its own, which is kept for the next one. */
  concurrency: number;
  /** How much later than its own time an answer is still waited for. */
  marginMs: number;
  clock: Clock;
}

/** The one device of a call. */
export interface ProvisioningRequest {
  equipmentId: string;
  timeoutInSeconds: number;
  /** JSON text as it goes out. */
  body: string;
}

export interface ProvisioningClient {
  /** Never rejects. Ends by itself `timeoutInSeconds` and the margin after it was called; there is no other timeout. */
  configure: (request: ProvisioningRequest) => Promise<CallOutcome>;
  /** Breaks off what is in flight. */
  stop: () => Promise<void>;
}

/** Longer than any network takes; the call's own time is the only limit that follows. */
const CONNECT_MS = 10_000;
/** Below what servers keep an idle connection for, so that none is used that they are about to close. */
const KEEP_ALIVE_MS = 4_000;

/** Calls the provisioning service over http or https. */
export function createProvisioningClient(options: ProvisioningClientOptions): ProvisioningClient {
  const { url, ca, concurrency, clock } = options;
  const { origin, pathname } = new URL(url);
  const base = pathname.replace(/\/+$/, '');
  const pool = new Pool(origin, {
    connections: concurrency,
    pipelining: 1,
    headersTimeout: 0,
    bodyTimeout: 0,
    keepAliveTimeout: KEEP_ALIVE_MS,
    connect: { timeout: CONNECT_MS, ...(ca !== null && pinned(ca)) },
  });
  // A failed connection fails its call, which tells of it.
  pool.on('connectionError', () => undefined);

  return {
    configure: (request) =>
      createCall(pool, {
        clock,
        path: `${base}/api/v1/equipment/cpe/${encodeURIComponent(request.equipmentId)}`,
        body: request.body,
        timeoutInSeconds: request.timeoutInSeconds,
        timeoutMs: request.timeoutInSeconds * 1_000 + options.marginMs,
      }),
    stop: () => pool.destroy(),
  };
}

/** A certificate that was pinned itself is the service, whatever name stands in it; one that it signed must name the host. */
function pinned(ca: string) {
  const known = new Set(certificatesIn(ca).map((pem) => new X509Certificate(pem).fingerprint256));
  return {
    ca,
    checkServerIdentity: (host: string, certificate: PeerCertificate) =>
      known.has(certificate.fingerprint256) ? undefined : checkServerIdentity(host, certificate),
  };
}

function certificatesIn(pem: string): string[] {
  return pem.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [];
}
