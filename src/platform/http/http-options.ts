import type { IncomingMessage } from 'node:http';
import type { Clock } from '../../kernel/clock.js';
import type { HotRead } from '../../kernel/hot-read.js';
import type { InboundCall } from '../../kernel/inbound-call.js';
import type { MessageCatalog } from '../../kernel/message-catalog.js';
import type { Logger } from '../../kernel/logger.js';
import type { PartState } from '../../kernel/part-state.js';
import type { Metrics } from '../metrics/metrics.js';
import type { Recognise } from './hot-reads.js';
import type { Principal } from './request-context.js';
import type { RouteTable } from './route-table.js';

/** Says who calls, or throws an AppError `unauthenticated`, `forbidden` or `too-many`. */
export type Authenticate = (request: IncomingMessage) => Principal | Promise<Principal>;

export interface Readiness {
  /** Whether REST accepts work: 200, else 503. */
  ready: boolean;
  /** In a word: ok, degraded, starting, stopping, down. */
  status: string;
  parts: Readonly<Record<string, PartState>>;
}

export interface HttpServerOptions extends Partial<HttpLimits> {
  host: string;
  /** 0: any free one. */
  port: number;
  /** PEM texts; with them the listener is https. */
  tls?: { cert: string | Buffer; key: string | Buffer } | null | undefined;
  clock: Clock;
  log: Logger;
  metrics: Metrics;
  /** The generated module. */
  routes: RouteTable;
  /** One instance of each class that the table names. */
  controllers: readonly object[];
  authenticate: Authenticate;
  /** Needed for `hotReads`. */
  recognise?: Recognise;
  /** Answered ahead of the framework where they can be. Default: none. */
  hotReads?: readonly HotRead[];
  /** Of other systems, by their own rules. Default: none. */
  inboundCalls?: readonly InboundCall[];
  readiness: () => Readiness;
  /** What `/asyncapi.json` is made of. Default: nothing. */
  messages?: readonly MessageCatalog[];
  /** The folder with the page. Default: `public` of the package. */
  publicDir?: string;
  /** Default: `src/generated/openapi.json` of the package. */
  openApiFile?: string;
}

export interface HttpLimits {
  /** Default 1 MiB. */
  bodyLimitBytes: number;
  /** Default 2,000; more are refused when they connect. */
  maxConnections: number;
  /** For all headers of a request together. Default 16 KiB. */
  headerLimitBytes: number;
  /** For the headers to come. Default 10,000. */
  headersTimeoutMs: number;
  /** For the whole request to come. Default 30,000. */
  requestTimeoutMs: number;
  /** Between two requests of a connection. Default 15,000. */
  keepAliveTimeoutMs: number;
  /** A connection on which nothing moves at all, a waiting caller included. Default 120,000. */
  idleTimeoutMs: number;
}

export const DEFAULT_LIMITS: HttpLimits = {
  bodyLimitBytes: 1_048_576,
  maxConnections: 2_000,
  headerLimitBytes: 16_384,
  headersTimeoutMs: 10_000,
  requestTimeoutMs: 30_000,
  keepAliveTimeoutMs: 15_000,
  idleTimeoutMs: 120_000,
};
